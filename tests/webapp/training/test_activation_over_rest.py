"""The decision of two administrators, over REST."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.webapp.conftest import signed_in
from webapp.accounts.models import User
from webapp.training.models import ModelVersion
from webapp.training.services import activate_model_version, active_model_version

JSON = "application/json"


def test_ask_list_agree_and_go_back(
    active: ModelVersion, candidate: ModelVersion, ada: User, ben: User
) -> None:
    first, second = signed_in(ada), signed_in(ben)
    url = f"/api/v1/models/{candidate.pk}/activation-requests"
    asked = first.post(url, {"reason": "Tried."}, content_type=JSON)
    assert asked.status_code == 201
    (listed,) = second.get("/api/v1/activation-requests").json()["results"]
    assert listed == asked.json()
    own = first.post(f"/api/v1/activation-requests/{listed['id']}/approve")
    assert own.json()["code"] == "SECOND_ADMINISTRATOR_NEEDED"
    agreed = second.post(
        f"/api/v1/activation-requests/{listed['id']}/approve",
        {"note": "Seen."},
        content_type=JSON,
    ).json()
    assert (agreed["state"], agreed["decided_by"]["username"]) == ("approved", "ben")
    assert active_model_version() == candidate
    assert first.post("/api/v1/models/roll-back").json()["name"] == "old"


def test_refused_it_stays_a_candidate(
    active: ModelVersion, candidate: ModelVersion, ada: User, ben: User
) -> None:
    url = f"/api/v1/models/{candidate.pk}/activation-requests"
    asked = signed_in(ada).post(url, {"reason": "Tried."}, content_type=JSON).json()
    url = f"/api/v1/activation-requests/{asked['id']}/refuse"
    assert signed_in(ben).post(url).json()["state"] == "refused"
    assert active_model_version() == active


def test_without_a_version_before_it_is_refused(
    active: ModelVersion, ada: User
) -> None:
    answer = signed_in(ada).post("/api/v1/models/roll-back")
    assert (answer.status_code, answer.json()["code"]) == (400, "NOTHING_BEFORE")


@pytest.mark.parametrize(
    "route", ["models/roll-back", "models/1/activation-requests", "activation-requests"]
)
def test_only_administrators_decide(
    client: Client,
    active: ModelVersion,
    candidate: ModelVersion,
    alice: User,
    route: str,
) -> None:
    activate_model_version(candidate, replacing=active)
    client = signed_in(alice)
    method = client.get if route == "activation-requests" else client.post
    assert method(f"/api/v1/{route}").status_code == 403
    assert active_model_version() == candidate
