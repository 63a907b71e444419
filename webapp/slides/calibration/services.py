"""Setting a slide's pixel size, and going back to what its file says.

The slide carries the size in use; its `Calibration` keeps what the file said, so that
nothing is lost and whoever set it is named.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from dragonfly.errors import SlideError
from webapp.accounts.models import User
from webapp.slides.models import Calibration, Slide

PERSON = "person"
"""`Slide.mpp_source` of a calibrated slide."""
PLAUSIBLE_UM = (0.01, 5000.0)
"""From electron microscopy to a photograph of a whole specimen."""
SHORTEST_LINE_PX = 50.0
"""A click is a pixel off at either end; a shorter line would be wrong by over 4 %."""
ABOUT_PIXEL_SIZE = "PIXELSIZE_"


@dataclass(frozen=True)
class Line:
    """A line between two points in level-0 pixels whose length a person knows."""

    start: tuple[float, float]
    end: tuple[float, float]
    length_um: float


def calibrate(slide: Slide, by: User, measure: Line | float) -> Slide:
    """Give a ready slide a pixel size, in place of the file's or an earlier one.

    Args:
        measure: a line, which keeps the file's ratio of a pixel's sides if there is
            one; or µm per level-0 pixel, for square pixels.

    Raises:
        SlideError: CALIBRATION_LINE or CALIBRATION_IMPLAUSIBLE.
    """
    with transaction.atomic():
        slide = Slide.objects.select_for_update().get(pk=slide.pk)
        kept = Calibration.objects.filter(slide=slide).first() or _of_the_file(slide)
        x, y = _pixel_size(slide, kept, measure)
        _refuse_implausible(x, y)
        kept.set_by, kept.set_at = by, timezone.now()
        line = measure if isinstance(measure, Line) else None
        kept.line = [*line.start, *line.end] if line else None
        kept.length_um = line.length_um if line else None
        kept.save()
        _use(
            slide,
            mpp_x=x,
            mpp_y=y,
            mpp_source=PERSON,
            magnification=_magnification(kept, math.sqrt(x * y)),
            notes=[note for note in slide.notes if not _is_about_pixel_size(note)],
        )
    return slide


def withdraw(slide: Slide) -> bool:
    """What the file says holds again; False if nothing else did."""
    with transaction.atomic():
        slide = Slide.objects.select_for_update().get(pk=slide.pk)
        kept = Calibration.objects.filter(slide=slide).first()
        if kept is None:
            return False
        _use(
            slide,
            mpp_x=kept.file_mpp_x,
            mpp_y=kept.file_mpp_y,
            mpp_source=kept.file_mpp_source,
            magnification=kept.file_magnification,
            notes=[*kept.file_notes, *slide.notes],
        )
        kept.delete()
    return True


def _of_the_file(slide: Slide) -> Calibration:
    return Calibration(
        slide=slide,
        file_mpp_x=slide.mpp_x,
        file_mpp_y=slide.mpp_y,
        file_mpp_source=slide.mpp_source,
        file_magnification=slide.magnification,
        file_notes=[note for note in slide.notes if _is_about_pixel_size(note)],
    )


def _pixel_size(
    slide: Slide, kept: Calibration, measure: Line | float
) -> tuple[float, float]:
    if not isinstance(measure, Line):
        return measure, measure
    _refuse_outside(slide, measure)
    ratio = 1.0
    if kept.file_mpp_x and kept.file_mpp_y:
        ratio = kept.file_mpp_y / kept.file_mpp_x
    (x0, y0), (x1, y1) = measure.start, measure.end
    if math.hypot(x1 - x0, y1 - y0) < SHORTEST_LINE_PX:
        raise _bad_line(f"It must be at least {SHORTEST_LINE_PX:g} pixels long.")
    x = measure.length_um / math.hypot(x1 - x0, (y1 - y0) * ratio)
    return x, x * ratio


def _refuse_outside(slide: Slide, line: Line) -> None:
    for x, y in (line.start, line.end):
        if not (0 <= x <= (slide.width or 0) and 0 <= y <= (slide.height or 0)):
            raise _bad_line("Both of its ends must lie on the slide.")


def _bad_line(why: str) -> SlideError:
    return SlideError("CALIBRATION_LINE", f"This line cannot be used. {why}")


def _refuse_implausible(x: float, y: float) -> None:
    low, high = PLAUSIBLE_UM
    if not (low <= min(x, y) and max(x, y) <= high):
        raise SlideError(
            "CALIBRATION_IMPLAUSIBLE",
            f"A pixel would be {x:.4g} \N{MICRO SIGN}m wide. Pixel sizes from {low:g} "
            f"to {high:g} \N{MICRO SIGN}m can be set; check the length and its unit.",
        )


def _magnification(kept: Calibration, mpp: float) -> float | None:
    """The objective's, where the file names one; else 10 µm / mpp of a microscope."""
    stated = kept.file_magnification
    if stated is not None and not _is_derived(kept, stated):
        return stated
    return 10.0 / mpp if mpp <= 20.0 else None


def _is_derived(kept: Calibration, magnification: float) -> bool:
    if not kept.file_mpp_x or not kept.file_mpp_y:
        return False
    mean = math.sqrt(kept.file_mpp_x * kept.file_mpp_y)
    return math.isclose(magnification, 10.0 / mean, rel_tol=1e-6)


def _is_about_pixel_size(note: dict[str, str]) -> bool:
    return note["code"].startswith(ABOUT_PIXEL_SIZE)


def _use(slide: Slide, **fields: Any) -> None:
    ready, noted = Slide.State.READY, Slide.State.READY_WITH_NOTES
    fields["state"] = noted if fields["notes"] else ready
    fields["updated_at"] = timezone.now()
    Slide.objects.filter(pk=slide.pk).update(**fields)
    for name, value in fields.items():
        setattr(slide, name, value)
