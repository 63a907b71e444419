"""Answers affirm or deny words of their picture."""

import pytest

from dragonfly.mini.data.unknown import NAME as UNKNOWN
from dragonfly.mini.naming.said import FEWEST, Said, naming_words
from dragonfly.training.chat import chat_of_answer
from dragonfly.training.pictures import PictureKey


def picture(number: int) -> PictureKey:
    return PictureKey(f"{number:064x}", "")


def said_of(*rows: tuple[int, str, str], source: str = "set") -> Said:
    said = Said()
    for number, question, answer in rows:
        said.add(source, picture(number), chat_of_answer(question, answer))
    return said


def test_yes_affirms_the_words_of_its_question_and_no_denies_them() -> None:
    said = said_of((1, "Are platelets visible?", "Yes"), (2, "Any platelets?", "no"))
    assert said.labels("platelets") == {picture(1): 1.0, picture(2): 0.0}


def test_answers_that_differ_are_averaged() -> None:
    said = said_of(
        (1, "Are tumour cells frequent?", "yes"), (1, "Are tumour cells rare?", "no")
    )
    assert said.labels("tumour") == {picture(1): 0.5}


def test_a_frequent_open_answer_is_lacking_elsewhere() -> None:
    planes = [(n, "Which plane?", "axial") for n in range(FEWEST)]
    said = said_of(*planes, (99, "Which plane?", "coronal"))
    labels = said.labels("axial")
    assert labels[picture(0)] == 1.0
    assert labels[picture(99)] == 0.0


def test_a_rare_open_answer_says_nothing_of_others() -> None:
    said = said_of((1, "Which plane?", "axial"), (2, "Which plane?", "coronal"))
    assert said.labels("coronal") == {}


def test_what_cannot_be_told_names_nothing() -> None:
    said = said_of((1, "How old?", "This cannot be told from this image."))
    said.add(UNKNOWN, picture(2), chat_of_answer("Is it liver?", "no"))
    assert said.words() == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Is this a T1-weighted MR image?", {"t1", "weighted", "mr"}),
        ("More than 56 percent tumour cells", {"percent", "tumour", "cells"}),
        ("", set()),
    ],
)
def test_words_that_name_nothing_are_left_out(text: str, words: set[str]) -> None:
    assert naming_words(text) == words
