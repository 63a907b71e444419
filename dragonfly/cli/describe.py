"""`dragonfly describe`: what a slide file holds, without reading its pixels."""

from __future__ import annotations

import argparse
import json
from typing import Any

from rich.console import Console
from rich.table import Table

from dragonfly.slide import Slide, open_slide


def run(arguments: argparse.Namespace) -> int:
    """Print the facts of one slide."""
    with open_slide(arguments.slide) as slide:
        facts = describe(slide)
    console = Console(highlight=False, soft_wrap=True)
    if arguments.json:
        console.print_json(json.dumps(facts))
        return 0
    table = Table(show_header=False, title=arguments.slide.name)
    for name, value in facts.items():
        if name != "levels":
            table.add_row(name.replace("_", " "), _words(value))
    console.print(table)
    console.print(_levels(facts["levels"]))
    return 0


def describe(slide: Slide) -> dict[str, Any]:
    """The facts of a slide as plain values.

    `properties` of the file are left out: they may name a patient.
    """
    return {
        "format": slide.format,
        "vendor": slide.vendor,
        "width": slide.size.width,
        "height": slide.size.height,
        "mpp": slide.mpp,
        "mpp_x": slide.mpp_x,
        "mpp_y": slide.mpp_y,
        "mpp_source": str(slide.mpp_source),
        "magnification": slide.magnification,
        "frames": slide.frame_count,
        "associated_images": sorted(slide.associated_images),
        "icc_profile_bytes": len(slide.icc_profile or b""),
        "notes": [note.code for note in slide.notes],
        "levels": [
            {
                "width": level.size.width,
                "height": level.size.height,
                "downsample": level.downsample,
            }
            for level in slide.levels
        ],
    }


def _words(value: Any) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _levels(levels: list[dict[str, Any]]) -> Table:
    table = Table(title="Levels")
    for name in ("level", "width", "height", "downsample"):
        table.add_column(name, justify="right")
    for index, level in enumerate(levels):
        table.add_row(
            str(index),
            str(level["width"]),
            str(level["height"]),
            f"{level['downsample']:.4g}",
        )
    return table
