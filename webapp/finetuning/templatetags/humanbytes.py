"""`|humanbytes` and `|duration`: sizes and times as people say them."""

from __future__ import annotations

from django import template

register = template.Library()
UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


@register.filter
def humanbytes(number: float | None) -> str:
    """Such as "3.4 GiB"."""
    size = float(number or 0)
    for unit in UNITS[:-1]:
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} {UNITS[-1]}"


@register.filter
def duration(seconds: float | None) -> str:
    """Such as "2 h 05 min"."""
    minutes, rest = divmod(round(seconds or 0), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
