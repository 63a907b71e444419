"""The table of an ablation: one row a variant, each compared with the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dragonfly.evaluation.ablation.budget import differences
from dragonfly.evaluation.ablation.difference import difference
from dragonfly.evaluation.ablation.facts import PREDICTIONS, Facts
from dragonfly.evaluation.ablation.judge import Judge
from dragonfly.evaluation.ablation.plan import Ablation
from dragonfly.evaluation.ablation.variant_run import Entry
from dragonfly.evaluation.bootstrap import intervals
from dragonfly.evaluation.measure import Measure
from dragonfly.evaluation.predictions import read_predictions
from dragonfly.model.layout import CropLayout


@dataclass(frozen=True)
class Measured:
    """A variant that is done, with all its measures."""

    entry: Entry
    facts: Facts
    measures: list[Measure]
    unanswered: int


@dataclass(frozen=True)
class Value:
    """A score, or a difference of scores, with its 95 % interval."""

    name: str
    mode: str
    unit: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Row:
    """One variant. `to_first` is the paired difference, None in the first row."""

    name: str
    layout: CropLayout
    own_layout: bool
    facts: Facts
    unanswered: int
    score: Value
    to_first: Value | None
    scores: tuple[Value, ...]


@dataclass(frozen=True)
class Table:
    """All rows that are done, and what a reader must know to trust them."""

    plan: Ablation
    title: str
    items: int
    groups: int
    subset: str
    prior: float | None
    rows: tuple[Row, ...]

    @property
    def complete(self) -> bool:
        return len(self.rows) == len(self.plan.variants)

    @property
    def budget_differences(self) -> list[str] | None:
        """What is unequal, [] when nothing is; None where a budget is not known."""
        budgets = [row.facts.budget for row in self.rows]
        known = [budget for budget in budgets if budget is not None]
        return differences(known) if len(known) == len(budgets) else None


def measure(entry: Entry, facts: Facts, judge: Judge) -> Measured:
    """Score the predictions of a variant."""
    said = read_predictions(entry.folder / PREDICTIONS).said
    silent = sum(not said.get(item.id, "").strip() for item in judge.items)
    return Measured(entry, facts, judge.measures(said), silent)


def make_table(plan: Ablation, judge: Judge, done: Sequence[Measured]) -> Table:
    """The rows of all variants that are done, in the order of the plan."""
    first = judge.headline(done[0].measures)
    return Table(
        plan=plan,
        title=judge.benchmark.title,
        items=len(judge.items),
        groups=len(set(judge.groups)),
        subset=judge.subset,
        prior=judge.prior,
        rows=tuple(_row(each, judge, first) for each in done),
    )


def _row(done: Measured, judge: Judge, first: Measure) -> Row:
    own = judge.headline(done.measures)
    (score,) = _values([own], judge.groups)
    (to_first,) = _values([difference(own, first)], judge.groups)
    return Row(
        name=done.entry.variant.name,
        layout=done.entry.layout,
        own_layout=done.entry.own_layout,
        facts=done.facts,
        unanswered=done.unanswered,
        score=score,
        to_first=None if own is first else to_first,
        scores=tuple(_values(done.measures, judge.groups)),
    )


def _values(measures: Sequence[Measure], groups: Sequence[str]) -> list[Value]:
    spans = intervals(measures, groups)
    return [
        Value(m.name, m.mode, m.unit, m.value(), low, high)
        for m, (low, high) in zip(measures, spans, strict=True)
    ]
