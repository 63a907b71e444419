"""An administrator's decision on a review: an example comes of it, or none."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from dragonfly.errors import DragonflyError
from dragonfly.geometry import Region, Size
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.reviews.models import Example, Review
from webapp.reviews.services.examples import add_example
from webapp.reviews.services.reviewing import clipped

State = Review.State


@dataclass(frozen=True)
class Edit:
    """What the administrator changes; None keeps what the review says."""

    question: str | None = None
    answer: str | None = None
    region: Region | None = None
    licence: str = ""


def accept_review(
    review: Review, actor: User, edit: Edit | None = None, address: str | None = None
) -> Example:
    """Make an example of a review, as it is or with changes.

    Raises:
        DragonflyError: REVIEW_DECIDED, REVIEW_OUTDATED, ANSWER_MISSING (nothing says
            what would have been right) or REGION_OUTSIDE.
    """
    edit = edit or Edit()
    asked = review.question
    question = (edit.question or asked.text).strip()
    answer = (edit.answer or right_answer(review)).strip()
    if not answer:
        raise DragonflyError(
            "ANSWER_MISSING",
            "The review does not say what would have been right. Write the answer or "
            "reject the review.",
        )
    region = clipped(asked.slide, edit.region) if edit.region else shown_by(review)
    proposed = (asked.text.strip(), right_answer(review).strip(), shown_by(review))
    state = State.ACCEPTED if (question, answer, region) == proposed else State.EDITED
    with transaction.atomic():
        decide(review, actor, state)
        example = add_example(
            slide=asked.slide,
            slide_digest=asked.slide_digest,
            region=region,
            question=question,
            answer=answer,
            source=Example.Source.REVIEW,
            licence=edit.licence,
            review=review,
            reviewer=review.reviewer,
            added_by=actor,
        )
        AuditEvent.record(
            "review.accept",
            actor=actor,
            on=review,
            address=address,
            state=state,
            example=example.pk,
        )
    return example


def reject_review(
    review: Review, actor: User, reason: str = "", address: str | None = None
) -> None:
    """Learn nothing from it.

    Raises:
        DragonflyError: REVIEW_DECIDED or REVIEW_OUTDATED.
    """
    with transaction.atomic():
        decide(review, actor, State.REJECTED, reason)
        AuditEvent.record("review.reject", actor=actor, on=review, address=address)


def decide(review: Review, actor: User, state: str, reason: str = "") -> None:
    """One conditional update: two administrators at once make one decision.

    Raises:
        DragonflyError: REVIEW_DECIDED or REVIEW_OUTDATED.
    """
    waiting = Review.objects.filter(pk=review.pk, state=State.PENDING, is_current=True)
    decided = waiting.update(
        state=state,
        decided_by=actor,
        decided_at=timezone.now(),
        decision_reason=reason,
    )
    review.refresh_from_db()
    if decided:
        return
    if not review.is_current:
        raise DragonflyError(
            "REVIEW_OUTDATED", "Its author has reviewed again. Decide on the new one."
        )
    raise DragonflyError("REVIEW_DECIDED", "This review has been decided already.")


def right_answer(review: Review) -> str:
    """What the review says the answer should have been; "" when it does not."""
    if review.verdict == Review.Verdict.RIGHT:
        return review.question.answer.text
    return review.corrected_answer


def shown_by(review: Review) -> Region:
    """Where to look: the corrected region, the region asked about, or all of it."""
    drawn = [*review.regions]
    for item in review.evidence:
        drawn += item.get("regions", [])
    if drawn:
        return bounds([Region(**region) for region in drawn])
    asked = review.question
    slide = asked.slide
    return asked.region or Region.of(Size(slide.width or 1, slide.height or 1))


def bounds(regions: list[Region]) -> Region:
    """The smallest region that holds them all."""
    return Region.from_bounds(
        min(region.x for region in regions),
        min(region.y for region in regions),
        max(region.right for region in regions),
        max(region.bottom for region in regions),
    )
