"""Reading the option out of a written answer, without guessing."""

import pytest

from dragonfly.evaluation.metrics.choice import choice_match, chosen_letter

CHOICES = ("a cat", "a dog", "no animal")


@pytest.mark.parametrize(
    ("said", "letter"),
    [
        ("B", "B"),
        ("(b)", "B"),
        ("B. a dog", "B"),
        ("The answer is (C).", "C"),
        ("The answer is B because it barks", "B"),
        ("A dog.", "B"),
        ("the answer is a cat", None),
        ("E", None),
        ("", None),
        ("it could be a cat or a dog", None),
    ],
)
def test_the_letter_is_found_or_nothing_is(said: str, letter: str | None) -> None:
    assert chosen_letter(said, CHOICES) == letter


def test_two_equal_options_cannot_be_told_apart_by_their_words() -> None:
    assert chosen_letter("same", ("same", "same")) is None


def test_only_the_right_letter_scores() -> None:
    assert choice_match("B", CHOICES, "B") == 1
    assert choice_match("", CHOICES, "B") == 0
