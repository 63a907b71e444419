"""A slide that is ready and a result that was made, as occasions for the rules."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from webapp.results.happened import result_made
from webapp.results.models import ResultObject
from webapp.rules.delivering import deliver_result
from webapp.rules.services import act_on
from webapp.slides.happened import slide_settled
from webapp.slides.models import Slide


@receiver(slide_settled)
def slide_is_settled(slide: Slide, **_: Any) -> None:
    act_on(Slide.objects.select_related("owner").get(pk=slide.pk))


@receiver(result_made)
def result_was_made(result: ResultObject, **_: Any) -> None:
    deliver_result(result)
