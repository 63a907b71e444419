"""A question about a region, checked before anything is read."""

from __future__ import annotations

from dataclasses import dataclass

from dragonfly.errors import QuestionError
from dragonfly.geometry import Region, Size
from dragonfly.model.processing import DEFAULT_MAX_LENGTH, DragonflyProcessor
from dragonfly.model.tokenizer import chat_prompt

SMALLEST_SIDE = 16


@dataclass(frozen=True)
class Decoding:
    """How the answer is written; temperature 0 takes the likeliest token."""

    max_new_tokens: int = 256
    temperature: float = 0.0


def region_of(size: Size, region: Region | None) -> Region:
    """The part of the slide that is asked about; all of it by default.

    Raises:
        QuestionError: REGION_OUTSIDE or REGION_TOO_SMALL.
    """
    inside = Region.of(size) if region is None else region.clipped_to(size)
    if inside is None:
        raise QuestionError(
            "REGION_OUTSIDE", f"The region lies outside the slide, which is {size} px."
        )
    if region is not None and min(inside.width, inside.height) < SMALLEST_SIDE:
        raise QuestionError(
            "REGION_TOO_SMALL",
            f"The region is {inside.size} px on the slide; draw one of at least "
            f"{SMALLEST_SIDE}x{SMALLEST_SIDE} px.",
        )
    return inside


def prompt_of(question: str, processor: DragonflyProcessor) -> str:
    """The chat text of a question.

    Raises:
        QuestionError: QUESTION_EMPTY or QUESTION_TOO_LONG.
    """
    if not question.strip():
        raise QuestionError("QUESTION_EMPTY", "Write a question first.")
    prompt = chat_prompt(question.strip())
    most = DEFAULT_MAX_LENGTH // 2 - 1
    length = processor.text_length(prompt)
    if length > most:
        raise QuestionError(
            "QUESTION_TOO_LONG",
            f"The question has {length} tokens; the model reads at most {most}. "
            "Shorten it.",
        )
    return prompt
