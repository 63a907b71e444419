"""Pages and pictures are written in all letters of the fonts; others are codes."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from webapp.questions.models import Question
from webapp.results.making.letters import legible, length_of, picture_font, runs
from webapp.results.making.poster import Line, _write
from webapp.results.reading import read_document
from webapp.results.services import make_result

WORDS = [
    "Zażółć gęślą jaźń",
    "Νέκρωση; όχι.",
    "Некроз не виден",
    "ổ hoại tử",
    "≥ 3 → √9",
]


@pytest.mark.parametrize("words", WORDS)
def test_they_are_drawn_as_they_are(words: str) -> None:
    assert legible(words) == words
    for name, piece in runs(words):
        for letter in piece.replace(" ", ""):
            font = picture_font(name, 20)
            drawn = bytes(font.getmask(letter))
            assert any(drawn)
            assert drawn != bytes(font.getmask("\uffff"))


def test_signs_come_from_another_font_than_letters() -> None:
    assert list(runs("p ≥ 3")) == [("Letters", "p "), ("Signs", "≥"), ("Letters", " 3")]


@pytest.mark.parametrize("letter", ["中", "ش", "अ", "𓀀", "\ufffe"])
def test_what_cannot_be_drawn_stands_as_its_code(letter: str) -> None:
    assert legible(f"a{letter}b") == f"a[U+{ord(letter):04X}]b"


def test_a_letter_and_its_accent_are_one() -> None:
    assert legible("e\u0301") == "é"


def test_the_width_is_that_of_all_pieces() -> None:
    assert length_of("p ≥ 3", 16) > length_of("p  3", 16) > 0


def test_the_page_says_it_to_programs_too(question: Question) -> None:
    question.answer.text = "\n".join([*WORDS, "壊死 <b>"])
    question.answer.save()
    document = read_document(make_result(question, "pdf").instance.path)
    (page,) = PdfReader(document).pages
    text = page.extract_text()
    for words in [*WORDS, "[U+58CA][U+6B7B] <b>"]:
        assert words in text


def test_the_picture_shows_other_letters_otherwise(question: Question) -> None:
    drawn = []
    for words in (*WORDS, legible("壊死")):
        picture = Image.new("RGB", (720, 30), (255, 255, 255))
        assert _write(picture, [Line(words, 16)], 0) == Line(words, 16).height
        drawn.append(np.asarray(picture))
        assert (drawn[-1] < 128).any()
    assert len({one.tobytes() for one in drawn}) == len(drawn)
