"""From items and predictions to scores with intervals and the prior beside them.

Unanswered items (no row, or an empty one) count as wrong. Nothing is guessed for them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dragonfly.evaluation.answered import Answered
from dragonfly.evaluation.benchmarks.benchmark import Benchmark, Family
from dragonfly.evaluation.bootstrap import REPEATS, SEED, intervals
from dragonfly.evaluation.caption_measures import caption_measures
from dragonfly.evaluation.errors import EvaluationError
from dragonfly.evaluation.general_measures import (
    chart_measures,
    choice_measures,
    gqa_measures,
    mm_vet_measures,
    vqa_accuracy_measures,
)
from dragonfly.evaluation.item import Item
from dragonfly.evaluation.measure import Measure
from dragonfly.evaluation.medical_measures import medical_measures
from dragonfly.evaluation.prior import prior_predictions
from dragonfly.evaluation.yes_no_measures import mme_measures, pope_measures

_FAMILIES = {
    Family.CAPTIONS: caption_measures,
    Family.CHOICES: choice_measures,
    Family.CHART_QA: chart_measures,
    Family.VQA_ACCURACY: vqa_accuracy_measures,
    Family.GQA: gqa_measures,
    Family.POPE: pope_measures,
    Family.MME: mme_measures,
    Family.MM_VET: mm_vet_measures,
}


@dataclass(frozen=True)
class Score:
    """One score with its 95 % interval, and what the question-only prior gets."""

    name: str
    mode: str
    value: float
    low: float
    high: float
    items: int
    unit: str
    prior: float | None


@dataclass(frozen=True)
class Scored:
    """All scores of one run, and what a reader must know to trust them."""

    scores: list[Score]
    items: int
    unanswered: int
    ignored: int
    groups: int
    prior_note: str


def measures_of(
    benchmark: Benchmark,
    items: Sequence[Item],
    said: Mapping[str, str],
    train: Sequence[Item],
) -> list[Measure]:
    """The measures of the benchmark's family; kinds without items are left out."""
    answered = Answered(items, [said.get(item.id, "") for item in items])
    if benchmark.family is Family.MEDICAL_VQA:
        known = [answer for item in train for answer in item.answers]
        measures = medical_measures(benchmark.name, answered, known)
    else:
        measures = _FAMILIES[benchmark.family](answered)
    return [measure for measure in measures if measure.items]


def score(
    benchmark: Benchmark,
    items: Sequence[Item],
    said: Mapping[str, str],
    train: Sequence[Item] = (),
    no_train: str = "No training split was given.",
    repeats: int = REPEATS,
    seed: int = SEED,
) -> Scored:
    """Score `said` on `items`; `train` feeds the question-only prior.

    `no_train` says why `train` is empty, for the report.

    Raises:
        EvaluationError: `NO_PREDICTION_MATCHES` where not one id is known.
    """
    known = {item.id for item in items}
    ignored = len(set(said) - known)
    if said and ignored == len(said):
        raise EvaluationError(
            "NO_PREDICTION_MATCHES",
            f"None of the {len(said)} predictions has the id of an item of "
            f"{benchmark.title}, for instance '{items[0].id}'.",
        )
    measures = measures_of(benchmark, items, said, train)
    prior = _prior_values(benchmark, items, train)
    beside: Sequence[float | None] = [None] * len(measures) if prior is None else prior
    spans = intervals(measures, [item.group for item in items], repeats, seed)
    scores = [
        Score(m.name, m.mode, m.value(), low, high, m.items, m.unit, p)
        for m, (low, high), p in zip(measures, spans, beside, strict=True)
    ]
    return Scored(
        scores=scores,
        items=len(items),
        unanswered=sum(not said.get(item.id, "").strip() for item in items),
        ignored=ignored,
        groups=len({item.group for item in items}),
        prior_note=no_train if prior is None else "",
    )


def _prior_values(
    benchmark: Benchmark, items: Sequence[Item], train: Sequence[Item]
) -> list[float] | None:
    if not train:
        return None
    said = prior_predictions(train, items)
    return [m.value() for m in measures_of(benchmark, items, said, train)]
