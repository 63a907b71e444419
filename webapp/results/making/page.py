"""The page of the PDF: question, answer, the slide with its regions, and the bounds."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Image as Picture

from webapp.results.making.letters import PLAIN, register_fonts, runs
from webapp.results.making.overview import draw_overview
from webapp.results.making.said import MANUFACTURER, Said
from webapp.results.making.wording import bounds_of, doubts_of, review_of

MARGIN = 20 * mm
PICTURE = 100 * mm
STYLES = getSampleStyleSheet()
BODY = ParagraphStyle("body", parent=STYLES["Normal"], fontName=PLAIN)
SMALL = ParagraphStyle("small", parent=BODY, fontSize=8, leading=10)


def draw_page(said: Said) -> bytes:
    """A4, usually one page; the same answer gives the same bytes."""
    register_fonts()
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
    normal, heading = BODY, STYLES["Heading3"]
    yield Paragraph(_text(said.standing), STYLES["Heading2"])
    yield Paragraph("Question", heading)
    yield Paragraph(_text(said.question.text), normal)
    yield Paragraph("Answer", heading)
    yield Paragraph(_text(said.answer.text), normal)
    if said.review is not None:
        yield Paragraph("Review", heading)
        for line in review_of(said):
            yield Paragraph(_text(line), normal)
    for line in doubts_of(said):
        yield Paragraph(_text(line), SMALL)
    yield Spacer(0, 5 * mm)
    picture = _overview(said)
    if picture is not None:
        yield picture
        yield Spacer(0, 3 * mm)
    for line in bounds_of(said):
        yield Paragraph(_text(line), SMALL)


def _overview(said: Said) -> Picture | None:
    overview = draw_overview(said)
    if overview is None:
        return None
    written = BytesIO()
    overview.save(written, "PNG")
    written.seek(0)
    size = PICTURE / max(overview.size)
    return Picture(written, overview.width * size, overview.height * size)


def _text(text: str) -> str:
    """As reportlab's paragraphs take it: no markup of a stranger's."""
    return "".join(
        f'<font name="{font}">{escape(piece)}</font>' for font, piece in runs(text)
    ).replace("\n", "<br/>")
