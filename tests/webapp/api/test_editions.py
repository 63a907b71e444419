"""Two people change the same thing: the second learns that it is another by now."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.webapp.conftest import signed_in
from tests.webapp.factories import make_slide, make_user
from webapp.accounts.models import User
from webapp.delivery.models import Destination
from webapp.rules.models import Rule
from webapp.webhooks.models import WebhookEndpoint
from webapp.webhooks.secret import draw, seal

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture(params=["slide", "training use", "webhook"])
def place(
    request: pytest.FixtureRequest, alice: User, settings: Settings
) -> tuple[str, str, list[dict[str, Any]]]:
    """An address, how it is changed, and two changes."""
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    slide = make_slide(alice)
    if request.param == "slide":
        return f"/api/v1/slides/{slide.pk}", "patch", [{"name": n} for n in "ab"]
    if request.param == "training use":
        given = {"consent": "given", "is_deidentified": True}
        changes = [given, given | {"consent": "refused"}]
        return f"/api/v1/slides/{slide.pk}/training-use", "put", changes
    endpoint = WebhookEndpoint.objects.create(
        owner=alice, url="http://127.0.0.1/", sealed_secret=seal(draw())
    )
    changes = [{"events": [event]} for event in ("job.failed", "job.succeeded")]
    return f"/api/v1/webhooks/{endpoint.pk}", "patch", changes


Place = tuple[str, str, list[dict[str, Any]]]


def change(client: Client, place: Place, number: int, seen: str | None) -> Any:
    address, method, changes = place
    headers = {} if seen is None else {"If-Match": seen}
    send = getattr(client, method)
    return send(address, changes[number], content_type=JSON, headers=headers)


def test_what_was_seen_can_be_changed_once(as_alice: Client, place: Place) -> None:
    seen = as_alice.get(place[0]).headers["ETag"]
    assert as_alice.get(place[0]).headers["ETag"] == seen
    assert change(as_alice, place, 0, seen).status_code == 200
    late = change(as_alice, place, 1, seen)
    assert (late.status_code, late.json()["code"]) == (412, "CHANGED_MEANWHILE")
    again = as_alice.get(place[0]).headers["ETag"]
    assert change(as_alice, place, 1, again).status_code == 200


@pytest.mark.parametrize("seen", [None, "*"])
def test_who_names_no_edition_is_not_asked(
    as_alice: Client, place: Place, seen: str | None
) -> None:
    assert change(as_alice, place, 0, seen).status_code == 200


def test_a_weak_or_odd_etag_fits_nothing(as_alice: Client, place: Place) -> None:
    for seen in ('W/"x"', "x", ""):
        assert change(as_alice, place, 0, seen).status_code == 412


@pytest.fixture
def page(db: None) -> Client:
    return signed_in(make_user("root", User.Role.ADMIN))


def fields_of(page: Client, address: str) -> dict[str, Any]:
    """What a browser would send back."""
    form = page.get(address).context["adminform"].form
    shown = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in shown.items() if value not in (None, False)}


def test_a_rule_is_not_overwritten_unseen(page: Client) -> None:
    rule = Rule.objects.create(name="First", questions="What?")
    address = f"/admin/rules/rule/{rule.pk}/change/"
    mine, yours = fields_of(page, address), fields_of(page, address)
    assert page.post(address, mine | {"name": "Mine"}).status_code == 302
    refused = page.post(address, yours | {"name": "Yours"})
    assert "Somebody else has changed this" in refused.content.decode()
    assert Rule.objects.get().name == "Mine"
    assert page.post(address, fields_of(page, address)).status_code == 302


def test_another_choice_of_destinations_is_a_change_too(page: Client) -> None:
    rule = Rule.objects.create(name="First", questions="What?")
    address = f"/admin/rules/rule/{rule.pk}/change/"
    seen = fields_of(page, address)
    rule.destinations.add(Destination.objects.create(name="PACS", kind="stow"))
    assert page.post(address, seen).status_code == 200


def test_a_destination_is_not_overwritten_unseen(page: Client) -> None:
    kept = Destination.objects.create(
        name="PACS", kind="dimse", title="PACS", host="127.0.0.1", port=104
    )
    address = f"/admin/delivery/destination/{kept.pk}/change/"
    seen = fields_of(page, address)
    Destination.objects.update(host="127.0.0.2")
    assert page.post(address, seen | {"port": 105}).status_code == 200
    assert Destination.objects.get().port == 104
    assert page.post(address, fields_of(page, address)).status_code == 302
