"""Model versions over REST."""

from __future__ import annotations

from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.webapp.factories import make_model_version


def test_the_active_version_is_marked(as_alice: Client) -> None:
    make_model_version(name="old", state="retired")
    make_model_version(name="new", state="active")
    results = as_alice.get(reverse("api:models")).json()["results"]
    marked = {v["name"]: v["is_active"] for v in results}
    assert marked == {"old": False, "new": True}


def test_each_version_says_what_it_is_for(as_alice: Client) -> None:
    make_model_version()
    (version,) = as_alice.get(reverse("api:models")).json()["results"]
    assert version["intended_use"] == settings.INTENDED_USE


def test_the_workers_folder_stays_inside(as_alice: Client) -> None:
    make_model_version(path="/srv/models/secret")
    assert "/srv/models" not in as_alice.get(reverse("api:models")).content.decode()


def test_versions_are_found_by_state(as_alice: Client) -> None:
    make_model_version(name="old", state="retired")
    make_model_version(name="new", state="active")
    found = as_alice.get(reverse("api:models"), {"state": "active"}).json()["results"]
    assert [version["name"] for version in found] == ["new"]


def test_nobody_writes_versions_over_rest(as_alice: Client) -> None:
    assert as_alice.post(reverse("api:models")).status_code == 405
