"""Items paired with what was said about them, ready to be averaged."""

from collections.abc import Callable, Sequence

from dragonfly.evaluation.item import AnswerType, Item
from dragonfly.evaluation.measure import Measure, mean_of

STRICT = "strict"
Metric = Callable[[str, Sequence[str]], float]
PairMetric = Callable[[str, str], float]


class Answered:
    """Items with what was said about them; an unanswered item scores 0 everywhere."""

    def __init__(self, items: Sequence[Item], said: Sequence[str]) -> None:
        self.items = items
        self.said = said
        self.closed = [item.answer_type is AnswerType.CLOSED for item in items]
        self.open = [not closed for closed in self.closed]
        self.all = [True] * len(items)

    def values(self, metric: Metric, keep: Sequence[bool]) -> list[float]:
        """`metric` on the kept and answered items, 0 on the others."""
        pairs = zip(self.items, self.said, keep, strict=True)
        return [
            metric(said, item.answers) if kept and said.strip() else 0.0
            for item, said, kept in pairs
        ]

    def mean(
        self, name: str, mode: str, metric: Metric, keep: Sequence[bool]
    ) -> Measure:
        """The mean of `metric` over the kept items."""
        return mean_of(name, mode, self.values(metric, keep), keep)

    def by_category(self, name: str, mode: str, values: list[float]) -> list[Measure]:
        """The mean of `values` within each category, where there are several."""
        own = [item.meta.get("category", "") for item in self.items]
        names = sorted(set(own))
        if len(names) < 2:
            return []
        return [
            mean_of(f"{name}: {category}", mode, values, [c == category for c in own])
            for category in names
        ]


def best_of(metric: PairMetric) -> Metric:
    """A metric of one reference, taken at the best of several."""
    return lambda said, answers: max(metric(said, answer) for answer in answers)
