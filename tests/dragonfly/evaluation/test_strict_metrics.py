"""The strict mode: words decide, never substrings."""

import pytest

from dragonfly.evaluation.metrics import strict


@pytest.mark.parametrize(
    ("said", "answers", "score"),
    [
        ("The Left Lung.", ("left lung",), 1),
        ("x-ray", ("X ray",), 1),
        ("two", ("2",), 1),
        ("3.5 cm", ("3.5 cm",), 1),
        ("35 cm", ("3.5 cm",), 0),
        ("-5", ("5",), 0),
        ("3-5 mm", ("3 5 mm",), 1),
        ("1,000", ("1000",), 1),
        ("it\u2019s", ("its",), 1),
        ("left lung field", ("left lung",), 0),
        ("lung", ("left", "lung"), 1),
        ("", ("",), 0),
    ],
)
def test_exact_match_ignores_case_marks_and_articles(
    said: str, answers: tuple[str, ...], score: float
) -> None:
    assert strict.exact_match(said, answers) == score


@pytest.mark.parametrize(
    ("said", "answer", "score"),
    [
        ("Yes, there is.", "yes", 1),
        ("no, yes", "yes", 0),
        ("a normal nodule, not seen", "no", 0),
        ("I cannot tell", "no", 0),
        ("mri", "MRI", 1),
        ("yes", "left", 0),
    ],
)
def test_a_closed_answer_is_its_first_yes_or_no_word(
    said: str, answer: str, score: float
) -> None:
    assert strict.closed_match(said, (answer,)) == score


def test_token_f1_counts_a_repeated_word_once() -> None:
    # 1 shared token; 2 * 1 / (3 said + 2 wanted).
    assert strict.token_f1("lung lung lung", ("left lung",)) == pytest.approx(0.4)


def test_token_recall_is_the_share_of_the_reference() -> None:
    assert strict.token_recall("in the lung", ("left lung",)) == pytest.approx(0.5)


def test_the_best_of_several_references_counts() -> None:
    assert strict.token_f1("right lung", ("left kidney", "right lung")) == 1


def test_nothing_said_scores_nothing() -> None:
    assert strict.token_f1("", ("lung",)) == 0
    assert strict.token_recall("", ("lung",)) == 0
