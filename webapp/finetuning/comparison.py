"""A job's stored comparison, as its page shows it.

The evaluation is the worker's; older ones lack what was measured later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from webapp.finetuning.sample_answers import slides_by_digest
from webapp.slides.models import Slide

SIDES = ("active", "candidate")


@dataclass(frozen=True)
class Line:
    """The calibration of one side: points for SVG in a square of 100."""

    side: str
    error: float
    points: str
    bins: list[dict[str, Any]]


@dataclass(frozen=True)
class Changed:
    """A question that one side answers right and the other does not."""

    example: dict[str, Any]
    slide: Slide | None
    view: str
    """Part of the address that shows the region asked about."""
    active_evidence: list[dict[str, Any]]
    candidate_evidence: list[dict[str, Any]]


@dataclass(frozen=True)
class Comparison:
    """Everything that the page of a comparison shows."""

    items: int
    groups: int
    scores: list[dict[str, Any]]
    strata: list[dict[str, Any]]
    sides: list[dict[str, Any]]
    calibration: list[Line]
    worse: list[Changed]
    better: list[Changed]
    fixed: list[Changed]
    """The site's own questions, right or wrong."""


def scores_of(told: dict[str, Any]) -> list[dict[str, Any]]:
    """The scores of both versions and their difference, measure by measure."""
    return [
        {
            "name": name,
            "difference": difference,
            "active": told["active"]["scores"][name],
            "candidate": told["candidate"]["scores"][name],
        }
        for name, difference in told.get("differences", {}).items()
    ]


def compared(told: dict[str, Any], viewer: Any) -> Comparison:
    """The whole comparison; slides are linked where this person may see them."""
    worse = [told["examples"][row] for row in told["regressions"]]
    better = [
        each
        for each in told["examples"]
        if each.get("candidate_right") and not each.get("active_right")
    ]
    fixed = told.get("fixed", [])
    digests = {each["slide"] for each in [*worse, *better, *fixed] if "slide" in each}
    slides = slides_by_digest(digests, viewer)
    return Comparison(
        items=told["items"],
        groups=told["groups"],
        scores=scores_of(told),
        strata=told["strata"],
        sides=[{"name": side, **told[side]} for side in SIDES],
        calibration=[line for side in SIDES if (line := line_of(side, told[side]))],
        worse=[changed(each, slides) for each in worse],
        better=[changed(each, slides) for each in better],
        fixed=[changed(each, slides) for each in fixed],
    )


def line_of(side: str, about: dict[str, Any]) -> Line | None:
    """None where there were too few answers."""
    told = about.get("calibration")
    if not told:
        return None
    points = " ".join(f"{b['certainty']},{100 - b['right']}" for b in told["bins"])
    return Line(side, told["error"], points, told["bins"])


def changed(example: dict[str, Any], slides: dict[str, Slide]) -> Changed:
    """One example with its slide and what both sides looked at."""
    slide = slides.get(example.get("slide", ""))
    region = example.get("region")
    return Changed(
        example=example,
        slide=slide,
        view=view_of(region) if region else "",
        active_evidence=placed(example.get("active_evidence", [])),
        candidate_evidence=placed(example.get("candidate_evidence", [])),
    )


def placed(evidence: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each region with the part of the address that shows it."""
    return [each | {"view": view_of(each["region"])} for each in evidence]


SCREEN_PX = 800
"""How wide a region is shown."""


def view_of(region: list[int]) -> str:
    """The viewer's own address of a region, [x, y, width, height] in level-0 pixels."""
    x, y, width, height = region
    downsample = max(1.0, max(width, height) / SCREEN_PX)
    return f"x={x + width / 2:g}&y={y + height / 2:g}&d={downsample:.3g}"
