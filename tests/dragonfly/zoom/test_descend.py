"""The descent finds what stands out, within its budget, by geometry alone."""

from collections.abc import Callable, Sequence

import pytest
import torch

from dragonfly.errors import QuestionError
from dragonfly.geometry import Point, Region
from dragonfly.zoom import Budget, Descent, Examined, Selected, Wanted, descend
from dragonfly.zoom.descend import quotas

SLIDE = Region(0, 0, 60_000, 40_000)
WANTED = Wanted(crop_px=224, mids=4, highs_per_mid=9)


def look_for(target: Point) -> Callable[[Sequence[Region]], torch.Tensor]:
    """Features in which every region that holds `target` stands out."""

    def look(regions: Sequence[Region]) -> torch.Tensor:
        spot = Region(target.x, target.y, 1, 1)
        rows = [
            [1.0, 0.0, 0.0001 * (r.x % 7)] if not r.contains(spot) else [0.0, 1.0, 0.0]
            for r in regions
        ]
        return torch.tensor(rows)

    return look


def run(
    look: Callable[[Sequence[Region]], torch.Tensor],
    region: Region = SLIDE,
    wanted: Wanted = WANTED,
    tissue: Callable[[Region], float] = lambda _: 1.0,
    budget: Budget | None = None,
) -> tuple[list[Examined | Selected], Descent]:
    steps = descend(region, wanted, look, tissue, budget or Budget())
    events = []
    while True:
        try:
            events.append(next(steps))
        except StopIteration as end:
            return events, end.value


def test_the_descent_reaches_the_target_at_native_resolution() -> None:
    target = Point(47_123, 12_987)
    _, descent = run(look_for(target))
    spot = Region(target.x, target.y, 1, 1)
    holding = [
        s.cell.region
        for group in descent.highs
        for s in group
        if s.cell.region.contains(spot)
    ]
    assert min(region.width for region in holding) == 224


def test_the_layout_is_filled_exactly_and_without_repeats() -> None:
    _, descent = run(look_for(Point(5, 5)))
    chosen = [s.cell.region for group in descent.highs for s in group]
    assert len(descent.mids) == 4
    assert [len(group) for group in descent.highs] == [9, 9, 9, 9]
    assert len(set(chosen)) == 36


def test_high_crops_of_a_mid_crop_lie_within_it() -> None:
    _, descent = run(look_for(Point(30_000, 20_000)))
    for mid, group in zip(descent.mids, descent.highs, strict=True):
        assert all(mid.cell.region.contains(s.cell.region) for s in group)


def test_only_tissue_is_examined() -> None:
    def left_half(region: Region) -> bool:
        return region.x < 30_000

    _, descent = run(look_for(Point(1, 1)), tissue=left_half)
    assert all(left_half(s.cell.region) for s in descent.examined)


def test_glass_beside_tissue_does_not_pass_for_novel() -> None:
    edge = Point(47_123, 12_987)
    spot = Region(edge.x, edge.y, 1, 1)

    def mostly_glass(region: Region) -> float:
        return 0.06 if region.contains(spot) else 1.0

    _, seen = run(look_for(edge))
    _, weighted = run(look_for(edge), tissue=mostly_glass)
    score = {s.cell.region: s.score for s in seen.examined}
    lower = [s for s in weighted.examined if s.cell.region.contains(spot)]
    assert lower
    assert all(s.score < 0.1 * score[s.cell.region] for s in lower)


def test_a_region_without_tissue_is_refused_in_words() -> None:
    with pytest.raises(QuestionError) as caught:
        run(look_for(Point(0, 0)), tissue=lambda _: 0.0)
    assert caught.value.code == "SLIDE_NO_TISSUE"


def test_looking_costs_little_of_a_gigapixel_slide() -> None:
    region = Region(0, 0, 100_000, 100_000)
    _, descent = run(look_for(Point(9, 9)), region=region)
    native = (100_000 // 224) ** 2
    assert len(descent.examined) <= Budget().cells
    assert len(descent.examined) < native / 500


def test_a_smaller_budget_examines_less() -> None:
    few, many = (run(look_for(Point(9, 9)), budget=Budget(n))[1] for n in (256, 2048))
    assert len(few.examined) <= 256 < len(many.examined) <= 2048


def test_glass_costs_no_budget() -> None:
    """Where tissue is scarce, the same budget begins with smaller cells."""

    def corner(region: Region) -> float:
        return float(region.x < 6_000 and region.y < 6_000)

    full, scarce = (
        run(look_for(Point(9, 9)), tissue=t) for t in (lambda _: 1.0, corner)
    )
    assert scarce[1].mids[0].cell.side < full[1].mids[0].cell.side
    assert len(scarce[1].examined) <= Budget().cells


def test_steps_are_told_from_coarse_to_fine() -> None:
    events, _ = run(look_for(Point(9, 9)))
    told = [e for e in events if isinstance(e, Examined)]
    steps = [e.step for e in told]
    assert steps == sorted(steps)
    assert set(steps) == set(range(1, told[0].steps + 1))
    for step in set(steps):
        seen = sum(len(e.cells) for e in told if e.step == step)
        assert {e.of for e in told if e.step == step} == {seen}


def test_the_same_region_gives_the_same_crops() -> None:
    assert run(look_for(Point(7, 7)))[1] == run(look_for(Point(7, 7)))[1]


def test_little_tissue_gives_fewer_crops_rather_than_repeated_ones() -> None:
    one_cell = Region(0, 0, 224, 224)
    _, descent = run(
        look_for(Point(1, 1)),
        tissue=lambda r: float(r.intersection(one_cell) is not None),
    )
    chosen = [s.cell.region for group in descent.highs for s in group]
    assert len(chosen) == len(set(chosen))
    assert len(descent.mids) < 4


def test_slots_are_shared_over_magnifications_finest_first() -> None:
    assert quotas(9, 2) == [4, 5]
    assert quotas(9, 4) == [2, 2, 2, 3]
    assert quotas(3, 4) == [0, 1, 1, 1]
    assert quotas(9, 0) == []


def test_a_budget_can_be_halved_but_never_to_nothing() -> None:
    budget = Budget(cells=40)
    assert budget.halved() == Budget(cells=20)
    assert budget.halved().halved() == Budget(cells=16)
    with pytest.raises(ValueError, match="at least 16"):
        Budget(cells=2)


def test_high_crops_of_one_size_hardly_overlap() -> None:
    uneven = Region(0, 0, 7001, 5003)
    _, descent = run(look_for(Point(3000, 2000)), region=uneven)
    chosen = [s.cell for group in descent.highs for s in group]
    for index, cell in enumerate(chosen):
        for other in chosen[:index]:
            if other.side == cell.side:
                shared = cell.region.intersection(other.region)
                assert shared is None or shared.area <= 0.25 * cell.region.area
