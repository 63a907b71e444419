"""The table of an ablation as JSON for programs."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import Any

from dragonfly.evaluation.ablation.beside import PAPER, published_beside
from dragonfly.evaluation.ablation.report import crops_of
from dragonfly.evaluation.ablation.table import Row, Table
from dragonfly.evaluation.bootstrap import REPEATS, SEED
from dragonfly.evaluation.report import NOTICE

JSON = "ablation.json"


def as_json(table: Table) -> str:
    """The numbers of the report; NaN becomes null."""
    content = {
        "notice": NOTICE,
        "benchmark": table.plan.benchmark,
        "split": table.plan.split,
        "items": table.items,
        "groups": table.groups,
        "subset": table.subset or None,
        "complete": table.complete,
        "question_only_prior": table.prior,
        "seed": SEED,
        "repeats": REPEATS,
        "budget_differences": table.budget_differences,
        "rows": [_row_fields(row) for row in table.rows],
        "paper": PAPER,
        "published": [asdict(entry) for entry in published_beside(table)],
    }
    return json.dumps(_without_nan(content), indent=2, ensure_ascii=False) + "\n"


def _row_fields(row: Row) -> dict[str, Any]:
    layout = row.layout
    return asdict(row) | {
        "crops": crops_of(layout),
        "visual_tokens": layout.visual_tokens,
        "sequence_length": layout.sequence_length,
    }


def _without_nan(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_nan(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(entry) for entry in value]
    return None if isinstance(value, float) and math.isnan(value) else value
