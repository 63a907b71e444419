"""What is kept of a variant that is done, beside its predictions.

A variant is done once these facts are on disk; what it was asked for is written
before, so that results of another configuration are never taken for its own.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dragonfly.evaluation.ablation.budget import Budget
from dragonfly.evaluation.errors import EvaluationError
from dragonfly.training.args_file import build

ASKED, DONE = "asked.json", "done.json"
PREDICTIONS = "predictions.jsonl"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """`model` is the answerer's name with its digest."""

    model: str
    checkpoint: str
    seconds: float
    """Spent on answering, over all sessions."""
    answered: int
    """Questions that those seconds were spent on."""
    budget: Budget | None = None


def read_facts(folder: Path) -> Facts | None:
    """The facts of a variant, or None where it is not done."""
    file = folder / DONE
    if not file.is_file():
        return None
    return build(Facts, json.loads(file.read_text()), folder, DONE)


def write_facts(folder: Path, facts: Facts) -> None:
    _write(folder / DONE, asdict(facts))


def claim(folder: Path, name: str, asked: dict[str, Any]) -> None:
    """Note what the folder's results are for, or compare with what was noted.

    Raises:
        EvaluationError: ABLATION_CHANGED.
    """
    wanted = json.loads(json.dumps(asked, default=str))
    file = folder / ASKED
    if not file.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        _write(file, wanted)
        return
    before = json.loads(file.read_text())
    changed = [key for key in wanted if before.get(key) != wanted[key]]
    if changed:
        raise EvaluationError(
            "ABLATION_CHANGED",
            f"“{name}” was begun with another {', another '.join(changed)}. Restore "
            f"it, choose another output, or remove {folder}.",
        )


def _write(file: Path, content: dict[str, Any]) -> None:
    draft = file.with_suffix(".partial")
    draft.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    os.replace(draft, file)
