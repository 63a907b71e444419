"""Rules for a candidate follow from its comparison with the active version."""

from __future__ import annotations

from typing import Any

import pytest

from tests.webapp.factories import make_model_version
from webapp.accounts.models import User
from webapp.finetuning.models import FineTuneJob
from webapp.reviews.models import DataSetVersion
from webapp.training.gate import checks_of
from webapp.training.models import ModelVersion


def span(value: float, low: float) -> dict[str, float]:
    return {"value": value, "low": low, "high": 2 * value - low}


@pytest.fixture
def candidate(active: ModelVersion) -> ModelVersion:
    return make_model_version(name="new", state="candidate")


def compared(
    candidate: ModelVersion, data_set: DataSetVersion, root: User, **changed: Any
) -> list[bool]:
    """Which of the three rules are met."""
    active = ModelVersion.objects.get(state="active")
    told = {
        "items": 40,
        "groups": 12,
        "active": {"digest": active.digest},
        "differences": {"right": span(5, 1)},
        "strata": [{"stratum": "open questions", "difference": span(-1, -4)}],
    }
    FineTuneJob.objects.create(
        title="Job",
        data_set=data_set,
        base=active,
        created_by=root,
        model_version=candidate,
        evaluation=told | changed,
    )
    return [check.is_met for check in checks_of(candidate)]


def test_a_gain_without_a_loser_meets_all(
    candidate: ModelVersion, data_set: DataSetVersion, root: User
) -> None:
    assert compared(candidate, data_set, root) == [True, True, True]


def test_a_gain_that_may_be_chance_does_not(
    candidate: ModelVersion, data_set: DataSetVersion, root: User
) -> None:
    right = {"right": span(5, -0.5)}
    met = compared(candidate, data_set, root, differences=right)
    assert met == [True, False, True]


def test_a_kind_of_question_that_loses_too_much_is_named(
    candidate: ModelVersion, data_set: DataSetVersion, root: User
) -> None:
    strata = [
        {"stratum": "open questions", "difference": span(4, 1)},
        {"stratum": "Is there necrosis?", "difference": span(-2.5, -6)},
    ]
    met = compared(candidate, data_set, root, strata=strata)
    assert met == [True, True, False]
    assert checks_of(candidate)[2].told.startswith("Is there necrosis?: -2.5 points")


def test_a_comparison_with_another_version_counts_no_longer(
    candidate: ModelVersion, data_set: DataSetVersion, root: User
) -> None:
    met = compared(candidate, data_set, root, active={"digest": "sha256-other"})
    assert met == [False, True, True]


def test_what_nobody_compared_meets_no_rule(candidate: ModelVersion) -> None:
    assert [check.is_met for check in checks_of(candidate)] == [False]
