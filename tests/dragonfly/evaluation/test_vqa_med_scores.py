"""VQA-Med's exact match and BLEU."""

import math

import pytest

from dragonfly.evaluation.metrics import vqa_med


def test_exact_match_ignores_case_and_punctuation() -> None:
    assert vqa_med.exact_match("XR - plain film.", ("xr plain film",)) == 1
    assert vqa_med.exact_match("plain film", ("xr plain film",)) == 0


def test_any_of_several_references_will_do() -> None:
    assert vqa_med.exact_match("mri", ("ct", "MRI")) == 1


def test_bleu_of_a_right_single_word_is_one() -> None:
    assert vqa_med.bleu("axial", ("axial",)) == 1


def test_bleu_compares_stems_without_stop_words() -> None:
    assert vqa_med.bleu("the fractures of bone", ("fractured bones",)) == 1


def test_bleu_of_half_a_word_pair() -> None:
    # One of two words matches, no pair does: (1/2) ** 0.25.
    assert vqa_med.bleu("left lung", ("left kidney",)) == pytest.approx(0.5**0.25)


def test_a_short_answer_pays_the_brevity_penalty() -> None:
    assert vqa_med.bleu("kidney", ("left kidney",)) == pytest.approx(math.exp(-1))


def test_an_empty_answer_has_no_bleu_even_where_the_reference_is_a_stop_word() -> None:
    assert vqa_med.bleu(" ", ("no",)) == 0
    assert vqa_med.bleu("no", ("no",)) == 1
    assert vqa_med.bleu("yes", ("no",)) == 0


def test_the_stop_words_hold_the_rests_of_negations() -> None:
    assert {"isn", "won", "hadn", "no"} <= vqa_med.STOP_WORDS
    assert "right" not in vqa_med.STOP_WORDS
