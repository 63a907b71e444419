"""Path-VQA's and Quilt-LLaVA's formulas."""

import pytest

from dragonfly.evaluation.metrics import path_vqa, quilt


def test_path_vqa_drops_digits_and_marks() -> None:
    assert path_vqa.token_f1("grade 3", "grade 2") == 1
    assert path_vqa.matched_precision("(liver)", "liver cell") == 1


def test_path_vqa_f1_of_a_partial_answer() -> None:
    # Precision 1/2, recall 1/2.
    assert path_vqa.token_f1("liver tissue", "liver cell") == pytest.approx(0.5)


def test_quilt_takes_any_answer_without_a_negation_as_yes() -> None:
    assert quilt.negation_hit("cannot be told", "yes") == 1
    assert quilt.negation_hit("it is not there", "no") == 1
    assert quilt.negation_hit("normal", "no") == 0


def test_quilt_word_score_needs_the_word() -> None:
    assert quilt.word_hit("Yes, it is", "yes") == 1
    assert quilt.word_hit("normal", "no") == 0
