"""`compare`: candidate and active on the locked test part, with paired intervals.

Both models are asked the same rows. Differences are of the same items, so that their
interval is that of the difference and not of two scores; groups (patients) are drawn
as wholes.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from dragonfly.evaluation.bootstrap import intervals
from dragonfly.evaluation.candidate.answering import Side, ask_all
from dragonfly.evaluation.candidate.calibration import calibration
from dragonfly.evaluation.candidate.widening import widen
from dragonfly.evaluation.errors import EvaluationError
from dragonfly.evaluation.measure import Measure, mean_of
from dragonfly.evaluation.metrics.strict import closed_match, normalise, token_f1
from dragonfly.training.row_files import Fields, read_rows
from dragonfly.training.slide_index import SlideIndex, read_slide_index

METRICS = {
    "right": lambda said, answer: closed_match(said, [answer]),
    "shared words (F1)": lambda said, answer: token_f1(said, [answer]),
}
"""Exact match (yes/no by the first such word), and overlap of words; in percent."""
RIGHT = "right"
YES_NO, OPEN = "yes/no questions", "open questions"
SMALLEST_STRATUM = 5
"""A question asked less often has no line of its own."""


def compare(task: dict[str, Any]) -> None:
    """Write `evaluation.json` into the task's output folder, in one piece.

    Raises:
        EvaluationError: TEST_PART_EMPTY, SLIDE_MISSING or MODEL_MISMATCH.
        ModelError: one of the two cannot be loaded.
    """
    output = Path(task["output"])
    rows = list(read_rows(Path(task["rows"])))
    if not rows:
        raise EvaluationError(
            "TEST_PART_EMPTY", "The data set has no test part to compare models on."
        )
    fixed, indices = [], [read_slide_index(Path(task["slides"]))]
    if task.get("fixed"):
        fixed = list(read_rows(Path(task["fixed"]) / "rows.jsonl"))
        indices.append(read_slide_index(Path(task["fixed"]) / "slides.json"))
    device, most = task["device"], int(task["max_new_tokens"])
    widen(task, indices[0])
    sides = [
        ask_all(
            Path(task[which]),
            [*rows, *fixed],
            partial(found_in, indices),
            output,
            device,
            most,
            needed=len(rows),
        )
        for which in ("active", "candidate")
    ]
    if sides[0].digest != task["active_digest"]:
        raise EvaluationError(
            "MODEL_MISMATCH",
            "The files of the version that answers now are not those that were "
            "recorded. Ask an administrator to restore it.",
        )
    draft = output / "evaluation.json.partial"
    measured = [replace(side, said=side.said[: len(rows)]) for side in sides]
    beside = [replace(side, said=side.said[len(rows) :]) for side in sides]
    told = evaluation(rows, *measured) | {"fixed": side_by_side(fixed, *beside)}
    draft.write_text(json.dumps(told, indent=1) + "\n")
    os.replace(draft, output / "evaluation.json")


def found_in(indices: Sequence[SlideIndex], digest: str) -> Path | None:
    """Where the first index that knows the slide says it lies."""
    return next(filter(None, (index(digest) for index in indices)), None)


def side_by_side(
    rows: Sequence[Fields], active: Side, candidate: Side
) -> list[dict[str, Any]]:
    """What both say to the site's fixed questions, and where they looked; no scores."""
    return [
        {
            "slide": row["slide"],
            "region": row["region"],
            "question": row["question"],
            "expected": row["answer"] or "",
            "active": active.said[number].text,
            "candidate": candidate.said[number].text,
            **evidence_of(number, active, candidate, True),
        }
        for number, row in enumerate(rows)
    ]


def evaluation(rows: Sequence[Fields], active: Side, candidate: Side) -> dict[str, Any]:
    """Scores of both, their differences, strata, and every row side by side."""
    groups = [str(row["patient"] or row["slide"]) for row in rows]
    values = {
        name: (marks(rows, active, metric), marks(rows, candidate, metric))
        for name, metric in METRICS.items()
    }
    differences = {
        name: [new - old for old, new in zip(*both, strict=True)]
        for name, both in values.items()
    }
    old, new = values[RIGHT]
    examples = [
        {
            "row": number,
            "slide": row["slide"],
            "region": row["region"],
            "question": row["question"],
            "expected": row["answer"],
            "active": active.said[number].text,
            "candidate": candidate.said[number].text,
            "active_right": bool(old[number]),
            "candidate_right": bool(new[number]),
            "stratum": kind_of(row),
            **evidence_of(number, active, candidate, old[number] != new[number]),
        }
        for number, row in enumerate(rows)
    ]
    return {
        "items": len(rows),
        "groups": len(set(groups)),
        "active": about(active, {n: both[0] for n, both in values.items()}, groups),
        "candidate": about(
            candidate, {n: both[1] for n, both in values.items()}, groups
        ),
        "differences": with_intervals(differences, groups),
        "strata": strata(rows, old, new, groups),
        "examples": examples,
        "regressions": [
            each["row"]
            for each in examples
            if each["active_right"] and not each["candidate_right"]
        ],
    }


def evidence_of(
    number: int, active: Side, candidate: Side, is_kept: bool
) -> dict[str, Any]:
    """Where both looked, for the rows that a person goes through one by one."""
    if not is_kept:
        return {}
    return {
        "active_evidence": active.said[number].evidence,
        "candidate_evidence": candidate.said[number].evidence,
    }


def marks(rows: Sequence[Fields], side: Side, metric: Any) -> list[float]:
    """One mark a row, 0..1; an empty answer has 0."""
    return [
        metric(said.text, row["answer"]) if said.text.strip() else 0.0
        for row, said in zip(rows, side.said, strict=True)
    ]


def about(
    side: Side, values: dict[str, list[float]], groups: Sequence[str]
) -> dict[str, Any]:
    """One model: what it is, how it scores, how long it takes."""
    return {
        "digest": side.digest,
        "variant": side.variant,
        "weights_bytes": side.weights_bytes,
        "seconds_an_answer": round(median(said.seconds for said in side.said), 3),
        "memory_bytes": max(said.memory_bytes for said in side.said),
        "calibration": calibration([s.certainty for s in side.said], values[RIGHT]),
        "scores": with_intervals(values, groups),
    }


def with_intervals(
    values: dict[str, list[float]], groups: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Mean in percent with its 95 % interval, by name."""
    measures = [measure(name, each) for name, each in values.items()]
    spans = intervals(measures, groups)
    return {
        m.name: {
            "value": round(m.value(), 2),
            "low": round(low, 2),
            "high": round(high, 2),
        }
        for m, (low, high) in zip(measures, spans, strict=True)
    }


def measure(name: str, values: list[float]) -> Measure:
    """The mean of all values."""
    return mean_of(name, "strict", values, [True] * len(values))


def strata(
    rows: Sequence[Fields], old: list[float], new: list[float], groups: Sequence[str]
) -> list[dict[str, Any]]:
    """Right answers by kind of question, and by question where it is asked often."""
    members: defaultdict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        members[kind_of(row)].append(number)
        members[row["question"].strip()].append(number)
    return [
        stratum(name, numbers, old, new, groups)
        for name, numbers in members.items()
        if name in (YES_NO, OPEN) or len(numbers) >= SMALLEST_STRATUM
    ]


def stratum(
    name: str,
    numbers: list[int],
    old: list[float],
    new: list[float],
    groups: Sequence[str],
) -> dict[str, Any]:
    """Both models on some of the rows."""
    before, after = [old[n] for n in numbers], [new[n] for n in numbers]
    own = [groups[n] for n in numbers]
    paired = [b - a for a, b in zip(before, after, strict=True)]
    return {
        "stratum": name,
        "items": len(numbers),
        "active": measure("", before).value(),
        "candidate": measure("", after).value(),
        "difference": with_intervals({RIGHT: paired}, own)[RIGHT],
    }


def kind_of(row: Fields) -> str:
    """Whether yes or no is expected."""
    return YES_NO if normalise(row["answer"]) in {"yes", "no"} else OPEN
