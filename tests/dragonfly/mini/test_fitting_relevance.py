"""From cells whose targets are known to a form that finds them on another slide."""

import torch
from torch import Tensor

from dragonfly.mini.relevance_data import questions
from dragonfly.mini.relevance_fit import Asking, SlideCells, fit_relevance
from dragonfly.zoom import Relevance

FEATURES, WORDS, CELLS = 12, 8, 30
KINDS = ("first", "second")
HALO = {"first": 2, "second": 5}
"""The feature that a kind of target raises."""


def slide(seed: int) -> SlideCells:
    """Cells of noise; one holds the first kind of target, another the second."""
    random = torch.Generator().manual_seed(seed)
    described = torch.randn(CELLS, FEATURES, generator=random)
    shares = {}
    for kind, feature in HALO.items():
        place = int(torch.randint(CELLS, (1,), generator=random))
        shares[kind] = torch.zeros(CELLS)
        shares[kind][place] = 1.0
        described[place, feature] += 6
    return SlideCells(described, shares)


def word(index: int) -> Tensor:
    vector = torch.zeros(WORDS)
    vector[index] = 1.0
    return vector


def asked(about: str, shared: int) -> Asking:
    """Kinds have a word of their own; every question has a common one."""
    vector = word(4 + shared)
    if about in KINDS:
        return Asking(vector + word(KINDS.index(about)), (about,))
    return Asking(vector + word(2), ())


def fitted() -> Relevance:
    about = (*KINDS, "stain")
    asking = [asked(about[i % 3], i % 4) for i in range(24)]
    return fit_relevance([slide(i) for i in range(40)], asking, torch.zeros(WORDS))


def test_each_question_finds_its_own_target_on_a_slide_never_seen() -> None:
    relevance, unseen = fitted(), slide(999)
    for kind in KINDS:
        scorer = relevance.asked(asked(kind, 0).vector[None])
        scores = scorer.score(unseen.described, is_finest=True)
        best = scorer.pick(unseen.described, scores, 1)
        assert scores.rule == "question"
        assert best == [int(unseen.shares[kind].argmax())]


def test_a_question_about_something_else_is_left_to_novelty() -> None:
    scorer = fitted().asked(asked("stain", 1).vector[None])
    assert scorer.score(slide(999).described, is_finest=True).rule == "novelty"


def test_shares_of_several_kinds_count_the_largest() -> None:
    shares = {"a": torch.tensor([0.0, 0.3]), "b": torch.tensor([0.6, 0.0])}
    seen = SlideCells(torch.zeros(2, 1), shares)
    assert seen.share(("a", "b")).tolist() == [1.0, 0.5]
    assert seen.share(()).tolist() == [0.0, 0.0]


def test_every_wording_is_known_to_ask_for_its_target_or_for_none() -> None:
    kinds = dict(questions())
    assert kinds["Is there a cluster of mitotic figures anywhere in this slide?"] == (
        "mitoses",
    )
    assert kinds["What colour is the pen mark?"] == ()
    assert len(kinds["How many abnormal foci are hidden in this slide?"]) == 4
