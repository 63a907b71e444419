"""Questions that a picture does not answer are answered by saying so."""

from pathlib import Path

import pytest

from dragonfly.evaluation.metrics.strict import first_yes_no
from dragonfly.mini.data.asked import Asked, Domain
from dragonfly.mini.data.picture import EmptyPicture, StoredPicture
from dragonfly.mini.data.unknown import MISFITS, REFUSALS, is_refusal, unanswerable

QUESTIONS: dict[Domain, str] = {
    "radiology": "What is abnormal in the lung?",
    "stained tissue": "Which H&E cells dominate?",
    "blood smear": "How many platelets are in this smear?",
}


def pool() -> list[Asked]:
    return [
        Asked(
            "s", domain, StoredPicture(Path(f"{domain}-{i}.png")), "k", text, "a", "k"
        )
        for domain, text in QUESTIONS.items()
        for i in range(200)
    ]


@pytest.mark.parametrize("share", [0.0, 0.05, 0.2])
def test_they_are_the_share_that_was_asked_for(share: float) -> None:
    made = unanswerable(pool(), share, 0)
    assert len(made) / (len(made) + 600) == pytest.approx(share, abs=0.002)


def test_a_borrowed_question_never_fits_the_picture() -> None:
    home = {text: domain for domain, text in QUESTIONS.items()}
    borrowed = [one for one in unanswerable(pool(), 0.4, 0) if one.question in home]
    placed = [one for one in borrowed if one.domain != "nothing"]
    assert placed
    assert all(home[one.question] in MISFITS[one.domain] for one in placed)


def test_some_are_asked_of_pictures_of_nothing() -> None:
    made = unanswerable(pool(), 0.4, 0)
    empty = [one for one in made if isinstance(one.picture, EmptyPicture)]
    assert 0.1 < len(empty) / len(made) < 0.3


def test_a_question_that_no_would_answer_is_not_borrowed() -> None:
    one = pool()[0]
    check = Asked(
        "s", one.domain, one.picture, "k", "Is this an MRI of the lung?", "a", "k"
    )
    tissue = [one for one in pool() if one.domain == "stained tissue"]
    made = unanswerable([check, *tissue], 0.5, 0)
    assert not any("MRI" in one.question for one in made)


def test_every_refusal_is_recognised_and_is_no_yes_or_no() -> None:
    assert all(is_refusal(text) and first_yes_no(text) is None for text in REFUSALS)
    assert not is_refusal("no")


def test_the_same_seed_gives_the_same_questions() -> None:
    assert unanswerable(pool(), 0.1, 7) == unanswerable(pool(), 0.1, 7)
    assert unanswerable(pool(), 0.1, 7) != unanswerable(pool(), 0.1, 8)
