"""A slide that is ready, as an occasion for the rules."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from webapp.rules.services import act_on
from webapp.slides.happened import slide_settled
from webapp.slides.models import Slide


@receiver(slide_settled)
def slide_is_settled(slide: Slide, **_: Any) -> None:
    act_on(Slide.objects.select_related("owner").get(pk=slide.pk))
