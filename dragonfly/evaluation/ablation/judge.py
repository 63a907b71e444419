"""The items of an ablation and how answers to them are scored."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from dragonfly.evaluation.ablation.plan import Ablation
from dragonfly.evaluation.answered import STRICT
from dragonfly.evaluation.benchmarks.catalogue import find_benchmark
from dragonfly.evaluation.bootstrap import REPEATS, SEED
from dragonfly.evaluation.command import chosen
from dragonfly.evaluation.errors import EvaluationError
from dragonfly.evaluation.image import has_image
from dragonfly.evaluation.item import Item
from dragonfly.evaluation.measure import Measure
from dragonfly.evaluation.prior import prior_predictions
from dragonfly.evaluation.report import Run, subset_note
from dragonfly.evaluation.scores import measures_of

HEADLINE = (STRICT, "accuracy")


class Judge:
    """Opens the benchmark once and scores every variant alike.

    Raises:
        EvaluationError: the data cannot be read, IMAGE_NOT_FOUND, or MEASURE_UNKNOWN.
    """

    def __init__(self, plan: Ablation) -> None:
        self.benchmark = find_benchmark(plan.benchmark)
        every = self.benchmark.items(plan.data, plan.split)
        self.items = chosen(every, plan.limit)
        self.groups = [item.group for item in self.items]
        _refuse_missing_images(self.items)
        self._train = self._training_items(plan)
        self._key = self._choose(plan)
        run = Run(self.benchmark, plan.split, "", "", len(every), SEED, REPEATS)
        self.subset = subset_note(run, len(self.items))
        self.prior = self._prior()

    def measures(self, said: Mapping[str, str]) -> list[Measure]:
        """Every score of the benchmark; unanswered items count as wrong."""
        return measures_of(self.benchmark, self.items, said, self._train)

    def headline(self, measures: Sequence[Measure]) -> Measure:
        """The score that the ablation compares."""
        return next(m for m in measures if (m.mode, m.name) == self._key)

    @property
    def items_digest(self) -> str:
        """SHA-256 over what is asked and what is right."""
        lines = [f"{i.id}\0{i.prompt}\0{i.answers}\n" for i in self.items]
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def _training_items(self, plan: Ablation) -> list[Item]:
        if plan.split == "train":
            return []
        try:
            return self.benchmark.items(plan.data, "train")
        except EvaluationError:
            # A data folder may hold one split alone; then there is no prior.
            return []

    def _choose(self, plan: Ablation) -> tuple[str, str]:
        known = [(m.mode, m.name) for m in self.measures({})]
        if plan.measure is None:
            return HEADLINE if HEADLINE in known else known[0]
        if (plan.mode, plan.measure) not in known:
            names = ", ".join(f"{name} ({mode})" for mode, name in known)
            raise EvaluationError(
                "MEASURE_UNKNOWN",
                f"{self.benchmark.title} has no measure “{plan.measure}” of mode "
                f"“{plan.mode}”. Known: {names}.",
            )
        return plan.mode, plan.measure

    def _prior(self) -> float | None:
        if not self._train:
            return None
        said = prior_predictions(self._train, self.items)
        return self.headline(self.measures(said)).value()


def _refuse_missing_images(items: Sequence[Item]) -> None:
    """Before anything is trained, not after."""
    missing = [item for item in items if not has_image(item)]
    if missing:
        raise EvaluationError(
            "IMAGE_NOT_FOUND",
            f"{len(missing)} of {len(items)} images are missing, the first at "
            f"'{missing[0].image}'. Put the images where the data set has them.",
        )
