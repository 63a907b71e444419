from collections import Counter, defaultdict

import pytest

from dragonfly.mini.synthetic import Question, balanced, training_recipes
from dragonfly.mini.synthetic.layout import lay_out
from dragonfly.mini.synthetic.question import questions_of
from dragonfly.mini.synthetic.wording import WORDINGS

Asked = list[tuple[int, Question]]


@pytest.fixture(scope="module")
def asked() -> Asked:
    recipes = training_recipes(240, seed=8)
    return [
        (i, question)
        for i, recipe in enumerate(recipes)
        for question in questions_of(recipe, lay_out(recipe))
    ]


def test_every_kind_is_asked_in_at_least_eight_wordings() -> None:
    assert all(len(set(texts)) >= 8 for texts in WORDINGS.values())


def test_balanced_answers_are_equally_frequent(asked: Asked) -> None:
    answers: dict[str, Counter[str]] = defaultdict(Counter)
    for _, question in balanced(asked, seed=1):
        answers[question.kind][question.answer] += 1
    assert set(answers) == set(WORDINGS)
    for counts in answers.values():
        assert len(set(counts.values())) == 1
        assert len(counts) >= 2
        assert min(counts.values()) >= 5


def test_the_wording_tells_nothing_about_the_answer(asked: Asked) -> None:
    kept = balanced(asked, seed=2)
    train = [q for slide, q in kept if slide % 2]
    test = [q for slide, q in kept if not slide % 2]
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for question in train:
        seen[question.text][question.answer] += 1
    right = sum(
        seen[q.text].most_common(1)[0][0] == q.answer for q in test if seen[q.text]
    )
    options: dict[str, set[str]] = defaultdict(set)
    for _, question in kept:
        options[question.kind].add(question.answer)
    chance = sum(1 / len(options[q.kind]) for q in test) / len(test)
    assert right / len(test) < chance + 0.06


def test_a_yes_has_evidence_and_a_no_has_none(asked: Asked) -> None:
    for _, question in asked:
        if question.needs_zoom and question.answer in ("yes", "no"):
            assert bool(question.regions) == (question.answer == "yes")
        if question.kind == "target count":
            assert len(question.regions) == int(question.answer)


def test_overview_questions_point_at_no_region(asked: Asked) -> None:
    for _, question in asked:
        if not question.needs_zoom:
            assert not question.regions


def test_the_quadrant_is_that_of_the_only_target(asked: Asked) -> None:
    found = [q for _, q in asked if q.kind == "target quadrant"]
    assert found
    for question in found:
        (region,) = question.regions
        assert ("left" in question.answer) == (region.center.x < 4096)
        assert ("upper" in question.answer) == (region.center.y < 4096)
