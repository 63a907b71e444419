"""LLaVA-Med's formulas with their known flaws, on cases worked out by hand."""

import pytest

from dragonfly.evaluation.metrics import llava_med
from dragonfly.evaluation.metrics.vqa_words import CONTRACTIONS


def test_no_is_found_inside_normal() -> None:
    assert llava_med.closed_hit("It looks normal.", "no") == 1


def test_yes_and_no_together_are_right_for_both() -> None:
    assert llava_med.closed_hit("yes or no", "yes") == 1
    assert llava_med.closed_hit("yes or no", "no") == 1


def test_a_closed_answer_that_is_not_yes_or_no_cannot_score() -> None:
    assert llava_med.closed_hit("mri", "mri") == 0
    assert llava_med.closed_hit("abnormal", "abnormal") == 1


def test_recall_never_punishes_a_long_answer() -> None:
    f1, precision, recall = llava_med.f1_precision_recall(
        "left or right or upper lung", "left lung"
    )
    assert [precision, recall] == pytest.approx([2 / 6, 1])
    assert f1 == pytest.approx(0.5)


def test_a_repeated_match_counts_as_often_as_it_was_said() -> None:
    # 2 said matches, 1 missing: recall 2 / 3, where an overlap would be 1 / 2.
    _, precision, recall = llava_med.f1_precision_recall("lung lung", "left lung")
    assert [precision, recall] == pytest.approx([1, 2 / 3])


def test_its_exact_match_is_a_precision() -> None:
    assert llava_med.matched_precision("lung", "left lung") == 1
    assert llava_med.matched_precision("the lung field", "left lung") == 0.5


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("The x-ray, please!", "x ray please"),
        ("1,000 cells/field", "1000 cellsfield"),
        ("none dont care", "0 don't care"),
        ("3.5 cm. wide", "3.5 cm wide"),
    ],
)
def test_the_clean_up_keeps_its_published_slips(text: str, cleaned: str) -> None:
    assert llava_med.normalise(text) == cleaned


def test_at_most_32_periods_are_removed() -> None:
    assert llava_med.normalise("a." * 33).count(".") == 1


def test_contractions_include_the_reversed_entry() -> None:
    assert CONTRACTIONS["wouldnt've"] == "wouldn't've"
    assert CONTRACTIONS["somebody'd"] == "somebodyd"
    assert "its" not in CONTRACTIONS


def test_the_first_of_equally_near_training_answers_is_taken() -> None:
    nearest = llava_med.NearestAnswer(["kidney", "left lung", "right lung"])
    assert nearest.hit("somewhere in a lung", "left lung") == 1
    assert nearest.hit("somewhere in a lung", "right lung") == 0
    assert nearest.hit("nothing known", "kidney") == 1
