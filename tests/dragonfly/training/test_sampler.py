"""The order of examples: shuffled, weighted, repeatable and shared out."""

from collections import Counter

import numpy as np

from dragonfly.training.sampler import LengthGroups, Sampler, share
from dragonfly.training.step_plan import StepPlan


def rows(sampler: Sampler, epoch: int) -> list[tuple[int, int]]:
    first = epoch * len(sampler)
    slots = [sampler[p] for p in range(first, first + len(sampler))]
    return [(slot.source, slot.row) for slot in slots]


def test_an_epoch_holds_every_row_once() -> None:
    sampler = Sampler([5, 3], [1.0, 1.0], seed=1)
    every = [(0, row) for row in range(5)] + [(1, row) for row in range(3)]
    assert sorted(rows(sampler, 0)) == every
    assert sorted(rows(sampler, 7)) == every


def test_epochs_seeds_and_streams_are_shuffled_apart() -> None:
    sampler = Sampler([50], [1.0], seed=1)
    orders = [
        rows(sampler, 0),
        rows(sampler, 1),
        rows(Sampler([50], [1.0], seed=2), 0),
        rows(Sampler([50], [1.0], seed=1, stream="text"), 0),
    ]
    assert all(a != b for i, a in enumerate(orders) for b in orders[:i])


def test_the_same_seed_gives_the_same_order() -> None:
    assert rows(Sampler([50], [1.0], 3), 4) == rows(Sampler([50], [1.0], 3), 4)


def test_a_weight_is_how_often_a_row_is_seen() -> None:
    seen = Counter(rows(Sampler([4, 10], [2.0, 0.5], seed=0), 0))
    assert {row: n for row, n in seen.items() if row[0] == 0} == dict.fromkeys(
        [(0, 0), (0, 1), (0, 2), (0, 3)], 2
    )
    assert len([row for row in seen if row[0] == 1]) == 5


def test_a_half_weight_takes_other_rows_in_other_epochs() -> None:
    sampler = Sampler([40], [0.5], seed=0)
    assert set(rows(sampler, 0)) != set(rows(sampler, 1))


def test_any_position_is_reached_without_those_before_it() -> None:
    walked = Sampler([9], [1.0], seed=5)
    every = [walked[position] for position in range(40)]
    assert Sampler([9], [1.0], seed=5)[37] == every[37]


def test_processes_share_a_batch_without_overlap() -> None:
    shares = [list(share(range(8, 16), rank, 4)) for rank in range(4)]
    assert shares == [[8, 9], [10, 11], [12, 13], [14, 15]]


def test_text_and_mathematics_join_as_published() -> None:
    samplers = {s: Sampler([100], [1.0], 0, s) for s in ("image", "text", "math")}
    plan = StepPlan(samplers, {"image": 1, "text": 10, "math": 50}, 4)  # type: ignore[arg-type]
    text = [s for s in range(100) if "text" in dict(plan.groups(s))]
    assert text == [9, 19, 29, 39, 49, 59, 69, 79, 89, 99]
    assert [s for s in range(100) if "math" in dict(plan.groups(s))] == [49, 99]


def test_no_example_is_left_out_between_steps() -> None:
    samplers = {s: Sampler([100], [1.0], 0, s) for s in ("image", "text")}
    plan = StepPlan(samplers, {"image": 1, "text": 10}, 4)  # type: ignore[arg-type]
    steps = [dict(plan.groups(step)) for step in range(30)]
    image = [p for step in steps for p in step["image"]]
    assert image == list(range(120))
    assert [p for step in steps for p in step.get("text", [])] == list(range(12))
    assert plan.state(30)["streams"][1]["position"] == 12


def numbers(sampler: Sampler, epoch: int) -> list[int]:
    return [row for _, row in rows(sampler, epoch)]


def grouped(lengths: list[int], batch: int, window: int) -> Sampler:
    groups = LengthGroups([np.array(lengths)], batch, window)
    return Sampler([len(lengths)], [1.0], seed=3, groups=groups)


def test_rows_of_like_length_share_a_batch() -> None:
    lengths = [10, 200] * 20
    order = numbers(grouped(lengths, batch=4, window=10), 0)
    batches = [order[at : at + 4] for at in range(0, 40, 4)]
    assert all(len({lengths[row] for row in batch}) == 1 for batch in batches)
    assert len({lengths[batch[0]] for batch in batches[:5]}) == 2, "mixed again"


def test_dealing_by_length_loses_and_doubles_no_row() -> None:
    order = numbers(grouped(list(range(23)), batch=4, window=2), 0)
    assert sorted(order) == list(range(23))


def test_dealing_by_length_depends_on_the_seed_alone() -> None:
    first, second = (grouped(list(range(50)), 4, 3) for _ in range(2))
    assert numbers(first, 2) == numbers(second, 2) != numbers(first, 1)
