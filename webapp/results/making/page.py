"""The page of the PDF: question, answer, the slide with its regions, and the bounds."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

from PIL import Image, ImageDraw, UnidentifiedImageError
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Image as Picture

from webapp.results.making.said import MANUFACTURER, Said
from webapp.reviews.models import Review

MARGIN = 20 * mm
PICTURE = 100 * mm
LINE_PX = 3
COLOUR = (0, 114, 178)
"""Blue of the palette by Okabe and Ito, told apart by all readers."""
STYLES = getSampleStyleSheet()
SMALL = ParagraphStyle("small", parent=STYLES["Normal"], fontSize=8, leading=10)


def draw_page(said: Said) -> bytes:
    """A4, usually one page; the same answer gives the same bytes."""
    written = BytesIO()
    page = SimpleDocTemplate(
        written,
        pagesize=A4,
        margin=MARGIN,
        title="Answer of a model about a slide",
        author=MANUFACTURER,
        invariant=1,
    )
    page.build(list(_parts(said)))
    return written.getvalue()


def _parts(said: Said) -> Iterator[Flowable]:
    normal, heading = STYLES["Normal"], STYLES["Heading3"]
    yield Paragraph(_text(_standing(said)), STYLES["Heading2"])
    yield Paragraph("Question", heading)
    yield Paragraph(_text(said.question.text), normal)
    yield Paragraph("Answer", heading)
    yield Paragraph(_text(said.answer.text), normal)
    if said.review is not None:
        yield Paragraph("Review", heading)
        for line in _review(said.review):
            yield Paragraph(_text(line), normal)
    for note in said.answer.notes:
        yield Paragraph(_text(str(note.get("message", ""))), SMALL)
    yield Spacer(0, 5 * mm)
    picture = _overview(said)
    if picture is not None:
        yield picture
        yield Spacer(0, 3 * mm)
    for line in _bounds(said):
        yield Paragraph(_text(line), SMALL)


def _standing(said: Said) -> str:
    if said.review is None:
        return "Preliminary: no person has reviewed this answer"
    return "Reviewed answer of a model"


def _review(review: Review) -> Iterator[str]:
    name = review.reviewer.get_full_name() or review.reviewer.username
    at = f"{review.created_at:%Y-%m-%d %H:%M} UTC"
    yield f"{review.get_verdict_display()} ({name}, {at})"
    if review.corrected_answer:
        yield f"Corrected answer: {review.corrected_answer}"
    if review.comment:
        yield review.comment


def _bounds(said: Said) -> Iterator[str]:
    for one in said.evidence:
        yield (
            f"Region {one.number} ({one.kind}): x {one.x}, y {one.y}, "
            f"width {one.width}, height {one.height} pixels of the finest level"
        )
    yield f"Model: {said.model_name}, {said.model_digest}"
    yield f"Answered {said.answer.created_at:%Y-%m-%d %H:%M} UTC. {said.intended_use}"


def _overview(said: Said) -> Picture | None:
    """The slide's thumbnail with numbered regions; None if there is none."""
    slide = said.slide
    path = Path(slide.folder, "derived", "thumbnail.jpg")
    if not slide.width or not slide.height:
        return None
    try:
        with Image.open(path) as opened:
            overview = opened.convert("RGB")
    except (OSError, UnidentifiedImageError):
        return None
    pen = ImageDraw.Draw(overview)
    scale = overview.width / slide.width
    for one in said.evidence:
        left, top = one.x * scale, one.y * scale
        right, bottom = left + one.width * scale, top + one.height * scale
        pen.rectangle((left, top, right, bottom), outline=COLOUR, width=LINE_PX)
        pen.text((right + LINE_PX, top), str(one.number), fill=COLOUR)
    written = BytesIO()
    overview.save(written, "PNG")
    written.seek(0)
    size = PICTURE / max(overview.size)
    return Picture(written, overview.width * size, overview.height * size)


def _text(text: str) -> str:
    """As reportlab's paragraphs take it: no markup of a stranger's."""
    return escape(text).replace("\n", "<br/>")
