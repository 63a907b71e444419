"""The data card of a checked mixture, as Markdown for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from dragonfly.training.mixture import Mixture
from dragonfly.training.mixture_check import CheckedSource, Filters, outcomes
from dragonfly.training.prepared_rows import prepared_file
from dragonfly.training.source import UNKNOWN
from dragonfly.training.split import Side

CARD, FIGURES = "data_card.md", "data_card.json"


def write_card(
    mixture: Mixture, filters: Filters, checked: list[CheckedSource], folder: Path
) -> None:
    """Write the card, its figures, and a mixture file for each side of the split."""
    (folder / CARD).write_text(as_markdown(mixture, filters, checked))
    figures = {
        "mixture": mixture.name,
        "filters": asdict(filters),
        "sources": [_figures(each) for each in checked],
    }
    (folder / FIGURES).write_text(json.dumps(figures, indent=2) + "\n")
    _write_side(mixture, checked, "train", folder)
    _write_side(mixture, checked, "validation", folder)


def as_markdown(
    mixture: Mixture, filters: Filters, checked: list[CheckedSource]
) -> str:
    """The card as Markdown."""
    share = f"{filters.validation_share:.1%}"
    return "\n".join(
        [
            f"# Data card: {mixture.name}",
            "",
            *([mixture.about.strip(), ""] if mixture.about else []),
            f"Texts of at most {filters.max_characters} characters, pictures of at "
            f"least {filters.min_side_px} px; about {share} of the "
            f"{filters.split_by}s for validation (seed {filters.seed}). What no source "
            f"verifies is marked {UNKNOWN}.",
            "",
            "## Sources",
            "",
            *_table(
                ["source", "stream", "weight", "licence", "from", "evidence"],
                [_about(each) for each in checked],
            ),
            "",
            "## What was found",
            "",
            *_found(checked),
            "",
        ]
    )


def _about(checked: CheckedSource) -> list[str]:
    source = checked.source
    return [
        source.name,
        source.stream,
        f"{source.weight:g}",
        source.licence,
        source.obtained_from,
        source.evidence,
    ]


def _found(checked: list[CheckedSource]) -> list[str]:
    reasons = list(outcomes(checked))
    rows = [
        [
            each.source.name,
            UNKNOWN if each.source.rows is None else str(each.source.rows),
            str(each.rows) if each.on_disk else "not on disk",
            *(str(each.outcomes[reason]) for reason in reasons),
        ]
        for each in checked
    ]
    return _table(["source", "rows expected", "rows found", *reasons], rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(_cell(c) for c in line) + " |" for line in lines]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _figures(checked: CheckedSource) -> dict[str, Any]:
    return {
        "name": checked.source.name,
        "licence": checked.source.licence,
        "on_disk": checked.on_disk,
        "rows": checked.rows,
        "outcomes": dict(checked.outcomes),
        "groups": {side: len(groups) for side, groups in checked.groups.items()},
    }


def _write_side(
    mixture: Mixture, checked: list[CheckedSource], side: Side, folder: Path
) -> None:
    sources = [
        {
            "name": each.source.name,
            "path": prepared_file(each.source, side, folder).name,
            "image_dir": str(each.source.pictures_start.resolve()),
            "slides": str(each.source.slides.resolve()) if each.source.slides else None,
            "stream": each.source.stream,
            "weight": each.source.weight,
            "licence": each.source.licence,
        }
        for each in checked
        if each.groups[side]
    ]
    content = {"name": f"{mixture.name} ({side})", "sources": sources}
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
    (folder / f"{side}.yaml").write_text(text, encoding="utf-8")
