"""VQA accuracy (ten people) and ChartQA's relaxed accuracy."""

import pytest

from dragonfly.evaluation.metrics.relaxed import relaxed_match
from dragonfly.evaluation.metrics.vqa_accuracy import vqa_accuracy


def test_an_answer_of_two_people_earns_partly() -> None:
    # The two who said it see 1 other: 1/3; the eight others see 2: 2/3.
    answers = ["stop"] * 2 + ["go"] * 8
    assert vqa_accuracy("Stop!", answers) == pytest.approx((2 / 3 + 8 * 2 / 3) / 10)


def test_four_people_make_an_answer_right() -> None:
    assert vqa_accuracy("the dog's", ["dog 's"] * 4 + ["cat"] * 6) == 1


def test_an_answer_nobody_gave_is_wrong() -> None:
    assert vqa_accuracy("bird", ["cat"] * 10) == 0


@pytest.mark.parametrize(
    ("said", "target", "score"),
    [
        ("105", "100", 1),
        ("105.1", "100", 0),
        ("12%", "0.12", 1),
        ("12%", "12", 0),
        ("0", "0", 1),
        ("0.01", "0", 0),
        ("Yes ", "yes", 1),
        ("-95", "-100", 1),
        ("twelve", "12", 0),
    ],
)
def test_relaxed_accuracy_allows_five_percent(
    said: str, target: str, score: float
) -> None:
    assert relaxed_match(said, target) == score
