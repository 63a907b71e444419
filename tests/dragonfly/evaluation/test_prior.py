"""The question-only prior."""

from dragonfly.evaluation.item import AnswerType, Item
from dragonfly.evaluation.prior import prior_predictions


def item(key: str, question: str, answer: str) -> Item:
    return Item(key, None, question, (answer,), AnswerType.OPEN, key)


def test_it_learns_which_words_go_with_which_answer() -> None:
    train = [item(f"p{n}", "in which plane is it?", "Axial") for n in range(5)]
    train += [item(f"o{n}", "which organ is shown?", "lung") for n in range(5)]
    asked = [item("a", "what plane?", ""), item("b", "what organ?", "")]
    assert prior_predictions(train, asked) == {"a": "Axial", "b": "lung"}


def test_repeated_rows_weigh_as_often_as_they_occur() -> None:
    train = [item(f"y{n}", "is it seen?", "yes") for n in range(3)]
    train += [item(f"n{n}", "is it seen?", "no") for n in range(6)]
    train += [item(f"m{n}", "is a mass there?", "yes") for n in range(2)]
    assert prior_predictions(train, [item("a", "is it seen?", "")]) == {"a": "no"}


def test_one_question_for_all_gets_the_commonest_answer() -> None:
    train = [item(str(n), "Describe.", text) for n, text in enumerate("abb")]
    assert prior_predictions(train, [item("x", "Describe.", "")]) == {"x": "b"}
