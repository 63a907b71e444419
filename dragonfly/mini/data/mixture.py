"""Writes the training data of Dragonfly-mini: rows, pictures, mixture file and card.

The mixture file is what the trainer reads. Everything follows from the question sets
and the plan; a second run with the same plan writes the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from dragonfly.mini.data.card import data_card
from dragonfly.mini.data.errors import DataError
from dragonfly.mini.data.gather import Gathered, gather
from dragonfly.mini.data.origin import ORIGINS
from dragonfly.mini.data.picture import StoredPicture, ViewPicture
from dragonfly.mini.data.plan import Plan
from dragonfly.mini.data.rows import HELD_BACK, RowSet, row_sets, write_rows
from dragonfly.mini.data.summary import Summary, summarise

MIXTURE, CARD, RECORD = "mixture.yaml", "DATA_CARD.md", "summary.json"

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Written:
    """Where the mixture lies and what is in it."""

    mixture: Path
    card: Path
    summary: Summary


def write_mixture(
    vqa_folder: Path,
    out_folder: Path,
    seed: int = 0,
    shares: Mapping[str, float] | None = None,
    plan: Plan | None = None,
    progress: Progress | None = None,
) -> Written:
    """Write everything that `dragonfly mini train` reads into `out_folder`.

    Args:
        vqa_folder: holds `vqa_rad`, `vqamed2019`, `brca_m2c`, `bccd`, `nuinsseg`.
        out_folder: for rows and the pictures that are made; made when absent.
        seed: of everything that chance decides.
        shares: how often an epoch shows each row, by source; others as planned.
        plan: sizes; its seed and shares give way to the two arguments before.
        progress: told how many pictures are written, and how many there are in all.

    Raises:
        DataError: `SETS_MISSING`, `PICTURE_UNREADABLE`, `LEAK_FOUND`,
            `PLAN_IMPOSSIBLE`, `SHARE_UNKNOWN`.
        EvaluationError: `DATA_NOT_FOUND`, `DATA_UNREADABLE`.
        OSError: `out_folder` cannot be written.
    """
    plan = _chosen(plan or Plan(), seed, shares or {})
    gathered = gather(vqa_folder, plan)
    sets = row_sets(gathered.asked, plan)
    refuse_leaks(gathered)
    out_folder.mkdir(parents=True, exist_ok=True)
    _write_pictures(gathered, out_folder, progress)
    files = [write_rows(rows, out_folder) for rows in sets]
    summary = summarise(gathered, sets, plan, _digests(files))
    mixture = _write_mixture_file(sets, plan, out_folder)
    card, record = out_folder / CARD, out_folder / RECORD
    card.write_text(data_card(summary), encoding="utf-8")
    record.write_text(json.dumps(asdict(summary), indent=1) + "\n", encoding="utf-8")
    return Written(mixture, card, summary)


def _chosen(plan: Plan, seed: int, shares: Mapping[str, float]) -> Plan:
    unknown = sorted(set(shares) - set(plan.shares))
    if unknown:
        raise DataError(
            "SHARE_UNKNOWN",
            f"There is no source '{unknown[0]}': {', '.join(plan.shares)}.",
        )
    return replace(plan, seed=seed, shares={**plan.shares, **shares})


def refuse_leaks(gathered: Gathered) -> None:
    """Compare what is about to be written with what is held out, once more.

    Raises:
        DataError: `LEAK_FOUND`.
    """
    used = {
        one.picture.path.stem
        for one in gathered.asked
        if isinstance(one.picture, StoredPicture | ViewPicture)
    }
    leaks = used & gathered.held.names
    if leaks:
        raise DataError(
            "LEAK_FOUND",
            f"{len(leaks)} pictures that the benchmarks hold out were "
            "about to be trained on. Nothing was written.",
        )


def _write_pictures(
    gathered: Gathered, folder: Path, progress: Progress | None
) -> None:
    # Pictures of one slide follow one another, so that it is laid out once.
    pictures = sorted({o.picture for o in gathered.asked}, key=lambda p: p.url(folder))
    for done, picture in enumerate(pictures, start=1):
        picture.write(folder)
        if progress:
            progress(done, len(pictures))


def _digests(files: Iterable[Path]) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def _write_mixture_file(sets: Sequence[RowSet], plan: Plan, folder: Path) -> Path:
    sources = [_source(rows, plan) for rows in sets if rows.name != HELD_BACK]
    content = {
        "name": "dragonfly-mini",
        "about": "Open question sets, template questions and synthetic slides. "
        "Research use only. Not for diagnosis or patient management.",
        "sources": sources,
    }
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
    file = folder / MIXTURE
    file.write_text(text, encoding="utf-8")
    return file


def _source(rows: RowSet, plan: Plan) -> dict[str, Any]:
    origin = ORIGINS[rows.name]
    return {
        "name": rows.name,
        "path": rows.file,
        "weight": plan.shares.get(rows.name, 1.0),
        "rows": len(rows.rows),
        "licence": origin.licence,
        "obtained_from": origin.obtained_from,
        "evidence": f"counted when {rows.file} was written",
    }
