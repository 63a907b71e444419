"""Caption scores, against values worked out by hand."""

import math

import pytest

from dragonfly.evaluation.metrics import captions
from dragonfly.evaluation.metrics.cider import cider_d


def test_rouge_l_is_the_f1_of_the_longest_common_subsequence() -> None:
    # Common: "the heart normal" = 3; precision 3/3, recall 3/4.
    score = captions.rouge_l("the heart normal", ["the heart is normal"])
    assert score == pytest.approx(2 * 0.75 / 1.75)


def test_coco_rouge_l_weighs_recall_by_beta() -> None:
    score = captions.rouge_l_coco("the heart normal", ["the heart is normal"])
    assert score == pytest.approx((1 + 1.44) * 0.75 / (0.75 + 1.44))


def test_coco_rouge_l_of_nothing_in_common_is_zero() -> None:
    assert captions.rouge_l_coco("lungs", ["heart"]) == 0
    assert captions.rouge_l_coco("", ["heart"]) == 0


def test_meteor_matches_stems_but_no_synonyms() -> None:
    # All 2 words match in 1 chunk: 1 - 0.5 * (1 / 2) ** 3.
    assert captions.meteor_exact_stem("hearts beating", ["heart beats"]) == (
        pytest.approx(1 - 0.5 / 8)
    )
    assert captions.meteor_exact_stem("car", ["automobile"]) == 0


def test_bleu_of_a_corpus_comes_from_summed_counts() -> None:
    first = captions.bleu_statistics("a b c d", ["a b c d"])
    second = captions.bleu_statistics("x y", ["a b"])
    sums = [one + other for one, other in zip(first, second, strict=True)]
    # 4 of 6 words, 3 of 4 pairs, lengths 6 and 6.
    assert captions.bleu_from_statistics(sums, 1) == pytest.approx(100 * 4 / 6)
    assert captions.bleu_from_statistics(sums, 2) == pytest.approx(
        100 * (4 / 6 * 3 / 4) ** 0.5
    )


def test_caption_words_keep_hyphens_and_decimals() -> None:
    assert captions.caption_words("X-ray: 3.5 cm, normal.") == [
        "x-ray",
        "3.5",
        "cm",
        "normal",
    ]


def test_cider_of_the_reference_itself_is_ten() -> None:
    references = [["a b c d"], ["e f g h"]]
    assert cider_d(["a b c d", "e f g h"], references) == pytest.approx([10, 10])


def test_cider_punishes_a_length_that_differs() -> None:
    # Words: one of them matches, 1/2 of the norm sqrt(1) * sqrt(4): cosine 1/2.
    # No longer n-gram is said; 0 pairs against 3: exp(-9 / 72). Mean of 4, times 10.
    score = cider_d(["a", "z"], [["a b c d"], ["e f g h"]])[0]
    assert score == pytest.approx(10 * 0.5 / 4 * math.exp(-9 / 72))


def test_cider_gives_no_weight_to_words_of_every_reference() -> None:
    scores = cider_d(["x", "x"], [["x a"], ["x b"]])
    assert scores == [0, 0]
