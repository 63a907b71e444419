"""Asking a question, or finding that it has been asked already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from dragonfly.errors import QuestionError
from dragonfly.geometry import Region, Size
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.questions.models import Question
from webapp.questions.services.sending import send_on_commit
from webapp.slides.models import Slide
from webapp.training.models import ModelVersion
from webapp.training.services import version_for

MOST_CHARACTERS = 2000
SMALLEST_SIDE = 16


@dataclass(frozen=True)
class Asked:
    """The question, and whether it is an earlier one that is the same."""

    question: Question
    is_existing: bool


def ask_question(
    *,
    asker: User,
    slide: Slide,
    text: str,
    scope: str = Question.Scope.SLIDE,
    region: Region | None = None,
    again: bool = False,
    model_version: ModelVersion | None = None,
    priority: int = Question.Priority.HIGH,
    address: str | None = None,
) -> Asked:
    """Ask, unless the same is being answered or was answered already.

    The same is the same words about the same region of the same slide, byte for byte,
    to the same model version with the same seed: it has the same answer.

    Args:
        again: ask anew all the same.
        model_version: who answers; None is the one that answers this person now.

    Raises:
        QuestionError: SLIDE_NOT_READY, QUESTION_EMPTY, QUESTION_TOO_LONG,
            REGION_MISSING, REGION_OUTSIDE or REGION_TOO_SMALL.
    """
    asked = checked_region(slide, scope, region)
    fields: dict[str, Any] = {
        "text": checked_text(text),
        "slide_digest": slide.digest,
        "model_version": model_version or version_for(asker),
        "seed": 0,
        "temperature": 0.0,
        "x": asked.x if asked else None,
        "y": asked.y if asked else None,
        "width": asked.width if asked else None,
        "height": asked.height if asked else None,
    }
    with transaction.atomic():
        # Two who ask the same at the same moment come through here one by one.
        Slide.objects.select_for_update().get(pk=slide.pk)
        if not again and (same := find_same(slide, fields)):
            hurry(same, priority)
            return Asked(same, is_existing=True)
        question = Question.objects.create(
            slide=slide, asker=asker, scope=scope, priority=priority, **fields
        )
        AuditEvent.record(
            "question.ask",
            actor=asker,
            on=question,
            address=address,
            slide=str(slide.pk),
        )
        send_on_commit(question.pk, question.attempt)
    return Asked(question, is_existing=False)


def hurry(question: Question, priority: int) -> None:
    """Send one that waits with less priority once more; its first message is idle then.

    A worker claims an attempt, so that of two messages only one is answered.
    """
    waiting = Question.objects.filter(pk=question.pk, state=Question.State.QUEUED)
    if waiting.filter(priority__gt=priority).update(priority=priority):
        question.priority = priority
        send_on_commit(question.pk, question.attempt)


def find_same(slide: Slide, fields: dict[str, Any]) -> Question | None:
    """The newest that is answered or under way, and that nobody asked to stop."""
    return (
        Question.objects.filter(slide=slide, stop_requested_at=None, **fields)
        .filter(state__in=(Question.State.ANSWERED, *Question.OPEN))
        .order_by("-created_at")
        .first()
    )


def checked_text(text: str) -> str:
    """The words without space around them.

    Raises:
        QuestionError: QUESTION_EMPTY or QUESTION_TOO_LONG.
    """
    words = text.strip()
    if not words:
        raise QuestionError("QUESTION_EMPTY", "Write a question first.")
    if len(words) > MOST_CHARACTERS:
        raise QuestionError(
            "QUESTION_TOO_LONG",
            f"The question has {len(words)} characters; the limit is "
            f"{MOST_CHARACTERS}. Shorten it.",
        )
    return words


def checked_region(slide: Slide, scope: str, region: Region | None) -> Region | None:
    """The part of the slide asked about; None for all of it.

    Raises:
        QuestionError: SLIDE_NOT_READY, REGION_MISSING, REGION_OUTSIDE or
            REGION_TOO_SMALL.
    """
    if not (slide.is_viewable and slide.digest and slide.width and slide.height):
        raise QuestionError(
            "SLIDE_NOT_READY", "The slide is still being prepared, or it failed."
        )
    if scope == Question.Scope.SLIDE:
        return None
    if region is None:
        raise QuestionError(
            "REGION_MISSING", "Draw a rectangle first, or ask about the whole slide."
        )
    size = Size(slide.width, slide.height)
    inside = region.clipped_to(size)
    if inside is None:
        raise QuestionError(
            "REGION_OUTSIDE", f"The region lies outside the slide, which is {size} px."
        )
    if min(inside.width, inside.height) < SMALLEST_SIDE:
        raise QuestionError(
            "REGION_TOO_SMALL",
            f"The region is {inside.size} px on the slide; choose one of at least "
            f"{SMALLEST_SIDE}x{SMALLEST_SIDE} px.",
        )
    return inside
