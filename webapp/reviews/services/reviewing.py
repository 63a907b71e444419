"""Reviewing an answer: a new version of one's own review, never of another's."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import transaction

from dragonfly.errors import DragonflyError
from dragonfly.geometry import Region, Size
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.questions.models import Question
from webapp.reviews.happened import review_written
from webapp.reviews.models import Review
from webapp.slides.models import Slide

Fields = dict[str, Any]


@dataclass(frozen=True)
class Judgement:
    """What a person says of an answer."""

    verdict: str
    corrected_answer: str = ""
    evidence: list[Fields] = field(default_factory=list)
    regions: list[Fields] = field(default_factory=list)
    comment: str = ""


def review_answer(
    question: Question, reviewer: User, said: Judgement, address: str | None = None
) -> Review:
    """Record it, superseding the same person's earlier review of this answer.

    Raises:
        DragonflyError: QUESTION_NOT_ANSWERED, EVIDENCE_UNKNOWN, REGION_OUTSIDE or
            CORRECTION_EMPTY.
    """
    answer = getattr(question, "answer", None)
    if question.state != Question.State.ANSWERED or answer is None:
        raise DragonflyError(
            "QUESTION_NOT_ANSWERED", "Only a question that was answered is reviewed."
        )
    refuse_contradiction(said, answer.text)
    fields = {
        "verdict": said.verdict,
        "corrected_answer": said.corrected_answer.strip(),
        "comment": said.comment.strip(),
        "evidence": checked_evidence(question, said.evidence),
        "regions": inside(question.slide, said.regions),
    }
    with transaction.atomic():
        # Two tabs of one person come through here one by one.
        Question.objects.select_for_update().get(pk=question.pk)
        mine = Review.objects.filter(question=question, reviewer=reviewer)
        last = mine.order_by("-version").first()
        mine.filter(is_current=True).update(is_current=False)
        review = Review.objects.create(
            question=question,
            reviewer=reviewer,
            version=last.version + 1 if last else 1,
            **fields,
        )
        AuditEvent.record(
            "review.write",
            actor=reviewer,
            on=review,
            address=address,
            question=str(question.pk),
            verdict=review.verdict,
            version=review.version,
        )
        told = partial(review_written.send_robust, Review, review=review)
        transaction.on_commit(told)
    return review


def refuse_contradiction(said: Judgement, text: str) -> None:
    """Raise CORRECTION_EMPTY where a right answer is corrected all the same."""
    corrected = said.corrected_answer.strip()
    if said.verdict == Review.Verdict.RIGHT and corrected not in ("", text.strip()):
        raise DragonflyError(
            "CORRECTION_EMPTY",
            "An answer that is right needs no correction. Choose another verdict or "
            "leave the corrected answer empty.",
        )


def checked_evidence(question: Question, said: list[Fields]) -> list[Fields]:
    """The verdicts with their regions cut to the slide.

    Raises:
        DragonflyError: EVIDENCE_UNKNOWN or REGION_OUTSIDE.
    """
    known = set(question.evidence.values_list("number", flat=True))
    numbers = [item["number"] for item in said]
    if set(numbers) - known or len(set(numbers)) != len(numbers):
        raise DragonflyError(
            "EVIDENCE_UNKNOWN", "Name each of the answer's evidence numbers once."
        )
    return [
        item | {"regions": inside(question.slide, item.get("regions", []))}
        for item in said
    ]


def inside(slide: Slide, regions: list[Fields]) -> list[Fields]:
    """The regions cut to the slide.

    Raises:
        DragonflyError: REGION_OUTSIDE, nothing of one is left.
    """
    return [as_fields(clipped(slide, Region(**region))) for region in regions]


def clipped(slide: Slide, region: Region) -> Region:
    """The part of a region that lies on the slide.

    Raises:
        DragonflyError: REGION_OUTSIDE.
    """
    if not (slide.width and slide.height):
        raise DragonflyError("SLIDE_NOT_READY", "The slide has no size yet.")
    size = Size(slide.width, slide.height)
    found = region.clipped_to(size)
    if found is None:
        raise DragonflyError(
            "REGION_OUTSIDE", f"A region lies outside the slide, which is {size} px."
        )
    return found


def as_fields(region: Region) -> Fields:
    """Plain values in level-0 pixels."""
    x, y, width, height = region.x, region.y, region.width, region.height
    return {"x": x, "y": y, "width": width, "height": height}
