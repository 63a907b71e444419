"""Rules for a candidate, from its comparison with the active version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings

from webapp.finetuning.models import FineTuneJob
from webapp.training.gate import Check, add_teller
from webapp.training.models import ModelVersion
from webapp.training.services import active_model_version

RIGHT = "right"


@add_teller
def checks_of_candidate(version: ModelVersion) -> list[Check] | None:
    """None for a version that no job here has compared."""
    jobs = FineTuneJob.objects.filter(model_version=version).exclude(evaluation={})
    job = jobs.first()
    return None if job is None else list(_checks(job.evaluation))


def _checks(told: dict[str, Any]) -> Iterator[Check]:
    active = active_model_version()
    compared = told["active"].get("digest")
    yield Check(
        "Compared with the version that answers now",
        is_met=active is not None and active.digest == compared,
        told=f"{told['items']} questions about {told['groups']} patients.",
    )
    overall = told["differences"][RIGHT]
    least = settings.GATE_LEAST_GAIN
    yield Check(
        f"Right answers: the interval of the difference begins at {least} or above",
        is_met=overall["low"] >= least,
        told=_span(overall),
    )
    most = settings.GATE_MOST_LOSS
    worst = min(told["strata"], key=_difference, default=None)
    yield Check(
        f"No kind of question is worse by more than {most} points",
        is_met=worst is None or _difference(worst) >= -most,
        told=f"{worst['stratum']}: {_span(worst['difference'])}" if worst else "None.",
    )


def _difference(stratum: dict[str, Any]) -> float:
    return float(stratum["difference"]["value"])


def _span(measure: dict[str, float]) -> str:
    return f"{measure['value']} points ({measure['low']} to {measure['high']})"
