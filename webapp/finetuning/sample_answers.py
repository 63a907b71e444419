"""Answers to the same few questions at each checkpoint, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from webapp.finetuning.models import Figure, FineTuneJob
from webapp.slides.models import Slide

MOST_COLUMNS = 5
"""The first checkpoint, and the latest ones."""


@dataclass(frozen=True)
class SampleRow:
    """One question; its answers are in the order of the steps, None for none."""

    question: str
    expected: str
    slide: Slide | None
    """None where it is no more, or the viewer may not see it."""
    answers: list[str | None]


@dataclass(frozen=True)
class SampleTable:
    """Questions by checkpoints."""

    steps: list[int]
    rows: list[SampleRow]


def samples_of(job: FineTuneJob, viewer: Any) -> SampleTable | None:
    """None before the first checkpoint."""
    figures = [f for f in job.figures.filter(kind="samples") if f.data.get("answers")]
    if not figures:
        return None
    shown = figures[:1] + figures[1:][-(MOST_COLUMNS - 1) :]
    answers = [answers_by_question(figure) for figure in shown]
    asked = shown[-1].data["answers"]
    slides = slides_by_digest({each["slide"] for each in asked}, viewer)
    rows = [
        SampleRow(
            question=each["question"],
            expected=each["expected"],
            slide=slides.get(each["slide"]),
            answers=[column.get(key_of(each)) for column in answers],
        )
        for each in asked
    ]
    return SampleTable([figure.step for figure in shown], rows)


def answers_by_question(figure: Figure) -> dict[tuple[str, ...], str]:
    """What was answered at one checkpoint."""
    return {key_of(each): each["answer"] for each in figure.data["answers"]}


def key_of(sample: dict[str, Any]) -> tuple[str, ...]:
    """The same question about the same place."""
    return sample["slide"], str(sample["region"]), sample["question"]


def slides_by_digest(digests: set[str], viewer: Any) -> dict[str, Slide]:
    """Those that are here and that this person may see."""
    found = Slide.objects.visible_to(viewer).filter(digest__in=digests)
    return {slide.digest: slide for slide in found}
