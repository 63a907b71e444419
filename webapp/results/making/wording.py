"""What a result says to people beside question and answer, line by line."""

from __future__ import annotations

from collections.abc import Iterator

from webapp.results.making.said import Said


def review_of(said: Said) -> Iterator[str]:
    """What the reviewer said; nothing before somebody has."""
    review = said.review
    if review is None:
        return
    name = review.reviewer.get_full_name() or review.reviewer.username
    at = f"{review.created_at:%Y-%m-%d %H:%M} UTC"
    yield f"{review.get_verdict_display()} ({name}, {at})"
    if review.corrected_answer:
        yield f"Corrected answer: {review.corrected_answer}"
    if review.comment:
        yield review.comment


def doubts_of(said: Said) -> Iterator[str]:
    """What touches the answer."""
    for note in said.answer.notes:
        yield str(note.get("message", ""))


def bounds_of(said: Said) -> Iterator[str]:
    """Where the regions are, who answered, and what for."""
    for one in said.evidence:
        yield (
            f"Region {one.number} ({one.kind}): x {one.x}, y {one.y}, "
            f"width {one.width}, height {one.height} pixels of the finest level"
        )
    yield f"Model: {said.model_name}, {said.model_digest}"
    yield f"Answered {said.answer.created_at:%Y-%m-%d %H:%M} UTC. {said.intended_use}"
