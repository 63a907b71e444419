"""When it is night at the site, for jobs that run only then."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone


def is_night() -> bool:
    """Between the two hours of `TRAINING_NIGHT`, such as 20 and 6, in UTC."""
    first, last = (int(hour) for hour in settings.TRAINING_NIGHT.split("-"))
    hour = timezone.now().hour
    if first <= last:
        return first <= hour < last
    return hour >= first or hour < last
