"""The picture of a secondary capture: standing, question, answer, slide, and bounds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageDraw

from dragonfly.errors import DragonflyError
from webapp.results.making.letters import legible, length_of, picture_font, runs
from webapp.results.making.overview import draw_overview
from webapp.results.making.said import Said
from webapp.results.making.wording import bounds_of, doubts_of, review_of

MARGIN = 24
WIDTH = 720
"""Pixels, margins and all."""
LEADING = 1.4
INK, PAPER = (0, 0, 0), (255, 255, 255)


@dataclass(frozen=True)
class Line:
    """What is written at one height."""

    text: str
    size: int

    @property
    def height(self) -> int:
        return round(self.size * LEADING)


def draw_poster(said: Said) -> Image.Image:
    """RGB, `WIDTH` pixels wide and as high as it takes.

    Raises:
        DragonflyError: RESULT_NOT_POSSIBLE, the slide has no overview.
    """
    overview = draw_overview(said)
    if overview is None:
        raise DragonflyError(
            "RESULT_NOT_POSSIBLE", "The slide has no overview that could be drawn."
        )
    above, below = list(_above(said)), list(_below(said))
    written = sum(line.height for line in (*above, *below))
    height = written + overview.height + 4 * MARGIN
    poster = Image.new("RGB", (WIDTH, height), PAPER)
    at = _write(poster, above, MARGIN) + MARGIN
    poster.paste(overview, (MARGIN, at))
    _write(poster, below, at + overview.height + MARGIN)
    return poster


def _above(said: Said) -> Iterator[Line]:
    yield from _wrapped(said.standing, 22)
    yield from _wrapped(f"Question: {said.question.text}", 16)
    yield from _wrapped(f"Answer: {said.answer.text}", 16)
    for text in review_of(said):
        yield from _wrapped(f"Review: {text}", 16)


def _below(said: Said) -> Iterator[Line]:
    for text in (*doubts_of(said), *bounds_of(said)):
        yield from _wrapped(text, 13)


def _wrapped(text: str, size: int) -> Iterator[Line]:
    """Lines that fit between the margins; a word that does not is cut."""
    room = WIDTH - 2 * MARGIN
    for paragraph in legible(text).splitlines():
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if line and length_of(longer, size) > room:
                yield Line(line, size)
                longer = word
            while len(longer) > 1 and length_of(longer, size) > room:
                cut = _fitting(longer, size, room)
                yield Line(longer[:cut], size)
                longer = longer[cut:]
            line = longer
        yield Line(line, size)


def _fitting(word: str, size: int, room: float) -> int:
    """How many of its letters fit; one at least."""
    counts = range(1, len(word) + 1)
    fit = bisect_right(counts, room, key=lambda count: length_of(word[:count], size))
    return max(1, fit)


def _write(poster: Image.Image, lines: list[Line], top: int) -> int:
    """From `top` down; returns where the last one ends."""
    pen = ImageDraw.Draw(poster)
    for line in lines:
        at, base = float(MARGIN), top + line.size
        for name, piece in runs(line.text):
            font = picture_font(name, line.size)
            pen.text((at, base), piece, fill=INK, font=font, anchor="ls")
            at += font.getlength(piece)
        top += line.height
    return top
