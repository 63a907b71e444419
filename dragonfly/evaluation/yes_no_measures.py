"""The measures of POPE and MME, whose scores are no plain means over items."""

from collections.abc import Iterable

import numpy as np

from dragonfly.evaluation.answered import STRICT, Answered
from dragonfly.evaluation.benchmarks.mme import COGNITION, PERCEPTION
from dragonfly.evaluation.measure import Measure, Numbers, mean_of, ratio
from dragonfly.evaluation.metrics import strict
from dragonfly.evaluation.metrics.yes_no import mme_answer, pope_answer

POPE = "pope_official"
MME = "mme_official"


def _pope_table(answered: Answered) -> Numbers:
    """Items x (yes right, yes wrong, no right, no wrong)."""
    table = np.zeros((len(answered.items), 4))
    for place, (item, said) in enumerate(
        zip(answered.items, answered.said, strict=True)
    ):
        wanted = item.answers[0].lower()
        # An unanswered item is wrong: it takes the answer that the label is not.
        wrong = "no" if wanted == "yes" else "yes"
        got = pope_answer(said) if said.strip() else wrong
        table[place, (0 if got == "yes" else 2) + (got != wanted)] = 1
    return table


def pope_measures(answered: Answered) -> list[Measure]:
    """Accuracy, F1, precision, recall and share of yes; for each category and all."""
    own = np.array([item.meta["category"] for item in answered.items])
    table = _pope_table(answered)
    names = [("", answered.all)]
    names += [(f": {name}", (own == name).tolist()) for name in dict.fromkeys(own)]
    measures = [m for name, keep in names for m in _pope(table, name, keep)]
    strictly = answered.values(strict.closed_match, answered.all)
    return [*measures, mean_of("accuracy", STRICT, strictly, answered.all)]


def _pope(table: Numbers, suffix: str, keep: Iterable[bool]) -> list[Measure]:
    kept = np.asarray(list(keep), dtype=np.float64)[:, None]
    rows = np.asarray(table * kept)
    count = int(kept.sum())
    # Columns: 0 yes right, 1 yes wrong, 2 no right, 3 no wrong.
    combine = {
        "accuracy": lambda s: ratio(s[:, 0] + s[:, 2], s.sum(axis=1)),
        "F1": lambda s: ratio(2 * s[:, 0], 2 * s[:, 0] + s[:, 1] + s[:, 3]),
        "precision": lambda s: ratio(s[:, 0], s[:, 0] + s[:, 1]),
        "recall": lambda s: ratio(s[:, 0], s[:, 0] + s[:, 3]),
        "share of yes": lambda s: ratio(s[:, 0] + s[:, 1], s.sum(axis=1)),
    }
    return [
        Measure(f"{name}{suffix}", POPE, rows, function, count)
        for name, function in combine.items()
    ]


def _mme_table(answered: Answered) -> Numbers:
    """Items x (right, item, image all right, image), images at their first item."""
    right = [
        float(mme_answer(said) == item.answers[0].lower())
        for item, said in zip(answered.items, answered.said, strict=True)
    ]
    groups = [item.group for item in answered.items]
    whole: dict[str, float] = {}
    for group, hit in zip(groups, right, strict=True):
        whole[group] = min(whole.get(group, 1.0), hit)
    table = np.zeros((len(groups), 4))
    met: set[str] = set()
    for place, (group, hit) in enumerate(zip(groups, right, strict=True)):
        first = group not in met
        met.add(group)
        table[place] = (hit, 1, whole[group] * first, first)
    return table


def mme_measures(answered: Answered) -> list[Measure]:
    """Accuracy plus accuracy+ of each subtask, and their sums (at most 2000, 800)."""
    own = [item.meta["category"] for item in answered.items]
    table = _mme_table(answered)
    measures = []
    for name, tasks in (("perception", PERCEPTION), ("cognition", COGNITION)):
        present = [task for task in tasks if task in own]
        if present:
            title = f"{name} ({len(present)} of {len(tasks)} subtasks)"
            measures.append(_mme(table, own, present, title))
            measures += [_mme(table, own, [t], f"{name}: {t}") for t in present]
    return measures


def _mme(table: Numbers, own: list[str], tasks: list[str], name: str) -> Measure:
    masks = [np.array([o == task for o in own], dtype=np.float64) for task in tasks]
    rows = np.hstack([table * mask[:, None] for mask in masks])

    def combine(sums: Numbers) -> Numbers:
        parts = sums.reshape(len(sums), len(tasks), 4)
        single = ratio(parts[:, :, 0], parts[:, :, 1])
        pairs = ratio(parts[:, :, 2], parts[:, :, 3])
        return np.asarray((single + pairs).sum(axis=1), dtype=np.float64)

    count = int(sum(mask.sum() for mask in masks))
    return Measure(name, MME, rows, combine, count, unit="points")
