"""What pages and pictures are written with: open fonts, and codes for what they lack.

Noto Sans has the letters of Latin, Greek and Cyrillic scripts, IBM Plex Sans signs such
as "≥" and "→". Scripts whose letters join or reorder are not shaped here, and a letter
drawn wrongly is worse than its code, so they are not drawn at all.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import fontpkg_ibm_plex_sans
import fontpkg_noto_sans
from PIL import ImageFont
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FILES: dict[str, Path] = {
    "Letters": fontpkg_noto_sans.ROOT / "files" / "NotoSans[wdth,wght].ttf",
    "Signs": fontpkg_ibm_plex_sans.ROOT / "files" / "IBMPlexSans[wdth,wght].ttf",
}
"""By the name that reportlab's paragraphs know them by; the first one goes first."""
PLAIN = "Letters"
JOINED = ("DEVANAGARI", "VEDIC")
"""How the names of characters begin that the fonts have and nobody here can shape."""


def runs(text: str) -> Iterator[tuple[str, str]]:
    """The text in pieces, each with the font that has all of it.

    A character of no font stands as its code: "[U+4E2D]". Blanks and the ends of lines
    go with any font.
    """
    normal = unicodedata.normalize("NFC", text)
    pairs = [(_font_of(letter), letter) for letter in normal]
    for font, group in groupby(pairs, key=lambda pair: pair[0]):
        letters = [letter for _, letter in group]
        yield font or PLAIN, "".join(letters) if font else "".join(map(_code, letters))


def legible(text: str) -> str:
    """The text with codes for what cannot be drawn."""
    return "".join(piece for _, piece in runs(text))


def _font_of(letter: str) -> str:
    """Its name; "" if none has the letter."""
    if letter.isspace():
        return PLAIN
    if unicodedata.name(letter, "").startswith(JOINED):
        return ""
    return next((name for name, has in _known().items() if ord(letter) in has), "")


def _code(letter: str) -> str:
    return f"[U+{ord(letter):04X}]"


@lru_cache(1)
def _known() -> dict[str, frozenset[int]]:
    """The characters of each font, which from then on can be named in a page."""
    found = {}
    for name, path in FILES.items():
        font = TTFont(name, str(path))
        pdfmetrics.registerFont(font)
        found[name] = frozenset(font.face.charToGlyph)
    return found


def register_fonts() -> None:
    """Before a page names one of them."""
    _known()


@lru_cache(16)
def picture_font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """For pictures; laid out the same wherever it runs."""
    return ImageFont.truetype(FILES[name], size, layout_engine=ImageFont.Layout.BASIC)


def length_of(text: str, size: int) -> float:
    """How wide the text is drawn, in pixels."""
    return sum(float(picture_font(name, size).getlength(p)) for name, p in runs(text))
