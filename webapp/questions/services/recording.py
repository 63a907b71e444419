"""Recording what workers tell; what comes late or twice changes nothing."""

from __future__ import annotations

from dataclasses import asdict

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from inference_worker.messages import EvidenceItem, Progressed, Reply
from webapp.audit.models import AuditEvent
from webapp.questions.models import Answer, EvidenceRegion, Question
from webapp.questions.services.moving import end
from webapp.training.models import ModelVersion

State = Question.State
BEFORE = {
    State.OVERVIEW: (State.QUEUED,),
    State.ZOOMING: (State.QUEUED, State.OVERVIEW, State.ZOOMING),
    State.WRITING: (State.QUEUED, State.OVERVIEW, State.ZOOMING),
}
"""The states that each one may follow: progress may be skipped, never taken back."""


def record_progress(progressed: Progressed) -> bool:
    """Move a running question forward; False when it is further already."""
    rows = Question.objects.filter(
        ~Q(state=progressed.state) | Q(step__lt=progressed.step),
        pk=progressed.question_id,
        attempt=progressed.attempt,
        state__in=BEFORE[State(progressed.state)],
    )
    moved = rows.update(
        state=progressed.state,
        step=progressed.step or F("step"),
        steps=progressed.steps or F("steps"),
        started_at=Coalesce("started_at", Now()),
        updated_at=timezone.now(),
    )
    return moved == 1


def record_reply(reply: Reply) -> bool:
    """End the question; False when it had ended, or another attempt counts."""
    with transaction.atomic():
        ended = end(
            reply.question_id,
            reply.attempt,
            Question.OPEN,
            State(reply.outcome),
            started_at=Coalesce("started_at", Now()),
            partial_text="" if reply.outcome == "answered" else reply.text,
            failure_code=reply.code,
            failure_message=reply.message,
            is_retryable=reply.is_retryable,
        )
        if ended:
            question = Question.objects.get(pk=reply.question_id)
            save_evidence(question, reply)
            if reply.outcome == "answered":
                save_answer(question, reply)
            AuditEvent.record(
                "question.end", on=question, outcome=reply.outcome, code=reply.code
            )
    return ended


def save_evidence(question: Question, reply: Reply) -> None:
    """One row an evidence region."""
    EvidenceRegion.objects.bulk_create(
        EvidenceRegion(question=question, **evidence_values(item))
        for item in reply.evidence
    )


def evidence_values(item: EvidenceItem) -> dict[str, object]:
    """The columns of one evidence region."""
    return asdict(item.region) | {
        "number": item.number,
        "kind": item.kind,
        "rule": item.rule,
        "score": item.score,
        "resolution": item.resolution,
        "downsample": item.downsample,
        "magnification": item.magnification,
        "parent": item.parent,
        "attention": item.attention,
        "source": asdict(item.source) if item.source else None,
    }


def save_answer(question: Question, reply: Reply) -> None:
    """The answer's row; a question without a version learns which one it was."""
    told = reply.answer
    Answer.objects.create(
        question=question,
        text=reply.text,
        coverage=told["coverage"],
        notes=told["notes"],
        unreadable_tiles=told["unreadable_tiles"],
        is_truncated=told["is_truncated"],
        provenance=told["provenance"],
        intended_use=told["intended_use"],
    )
    if question.model_version_id is None:
        digest = told["provenance"].get("model_digest", "")
        version = ModelVersion.objects.filter(digest=digest).first()
        Question.objects.filter(pk=question.pk).update(model_version=version)
