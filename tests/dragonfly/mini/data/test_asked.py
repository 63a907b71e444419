"""Balancing answers, dropping repeats, and sharing rows."""

from collections import Counter
from pathlib import Path

import numpy as np

from dragonfly.mini.data.asked import Asked, balanced, turns, without_repeats
from dragonfly.mini.data.picture import StoredPicture


def asked(number: int, answer: str, kind: str = "k", topic: str = "") -> Asked:
    shown = StoredPicture(Path(f"{number}.png"))
    words = f"{kind} {topic} {answer} {number}?"
    return Asked("s", "radiology", shown, kind, words, answer, topic or kind)


def test_every_answer_of_a_kind_is_kept_equally_often() -> None:
    many = [asked(i, "yes" if i % 5 else "no") for i in range(100)]
    kept = balanced(many, np.random.default_rng(0))
    assert Counter(one.answer for one in kept) == {"yes": 20, "no": 20}


def test_a_kind_with_one_answer_only_is_dropped() -> None:
    kept = balanced([asked(i, "yes") for i in range(9)], np.random.default_rng(0))
    assert kept == []


def test_a_lean_is_allowed_when_asked_for() -> None:
    many = [asked(i, "yes" if i % 5 else "no") for i in range(100)]
    kept = balanced(many, np.random.default_rng(0), most=1.5)
    assert Counter(one.answer for one in kept) == {"yes": 30, "no": 20}


def test_repeats_go_and_contradictions_go_altogether() -> None:
    shown = StoredPicture(Path("a.png"))
    ways = [("Is it?", "yes"), ("is it", "Yes."), ("Why?", "a"), ("Why?", "b")]
    many = [Asked("s", "radiology", shown, "k", q, a, "k") for q, a in ways]
    kept, repeats, contradictions = without_repeats(many)
    assert [(one.question, one.answer) for one in kept] == [("Is it?", "yes")]
    assert (repeats, contradictions) == (1, 2)


def test_a_row_is_about_one_picture_and_never_twice_about_one_topic() -> None:
    many = [asked(i % 3, str(i), f"k{i}", f"t{i % 4}") for i in range(48)]
    rows = list(turns(many, 3, np.random.default_rng(0)))
    assert sum(map(len, rows)) == 48
    for row in rows:
        assert len({one.picture for one in row}) == 1
        assert len({one.topic for one in row}) == len(row) <= 3
