"""Sending by REST: one's own objects, to destinations whose addresses stay unseen."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.webapp.conftest import signed_in
from tests.webapp.delivery.conftest import stored
from tests.webapp.factories import make_slide, make_user
from webapp.accounts.models import ApiToken, User
from webapp.audit.models import AuditEvent
from webapp.delivery.models import Delivery, Destination
from webapp.dicomweb.models import Instance
from webapp.slides.models import SlideAccess

ADDRESS = "/api/v1/deliveries"


def send(client: Client, destination: Destination, **named: Any) -> Any:
    fields = {"destination": str(destination.pk), **named}
    return client.post(ADDRESS, fields, content_type="application/json")


def test_a_study_is_sent(
    as_alice: Client, instance: Instance, destination: Destination
) -> None:
    answer = send(as_alice, destination, study=instance.series.study.uid)
    assert answer.status_code == 202
    (made,) = answer.json()
    assert (made["instance"], made["state"]) == (instance.uid, "waiting")
    (listed,) = as_alice.get(ADDRESS, {"state": "waiting"}).json()["results"]
    assert listed == made
    assert as_alice.get(f"{ADDRESS}/{made['id']}").json() == made
    assert AuditEvent.objects.filter(action="delivery.create").exists()


def test_sending_twice_is_one_delivery(
    as_alice: Client, instance: Instance, destination: Destination
) -> None:
    first = send(as_alice, destination, instances=[instance.uid]).json()
    assert send(as_alice, destination, series=instance.series.uid).json() == first
    assert Delivery.objects.count() == 1


def test_another_persons_objects_are_not_there(
    as_charlie: Client, instance: Instance, destination: Destination
) -> None:
    assert send(as_charlie, destination, instances=[instance.uid]).status_code == 404
    assert not Delivery.objects.exists()


def test_a_shared_object_is_seen_and_not_handed_on(
    as_alice: Client,
    as_bob: Client,
    alice: User,
    bob: User,
    instance: Instance,
    destination: Destination,
) -> None:
    slide = make_slide(alice)
    SlideAccess.objects.create(slide=slide, user=bob)
    instance.series.slide = slide
    instance.series.save()
    send(as_alice, destination, instances=[instance.uid])
    Delivery.objects.update(state=Delivery.State.PARKED)
    (seen,) = as_bob.get(ADDRESS).json()["results"]
    assert send(as_bob, destination, instances=[instance.uid]).status_code == 404
    assert as_bob.post(f"{ADDRESS}/{seen['id']}/replay").status_code == 404


def test_a_stranger_sees_no_delivery(
    as_alice: Client, as_charlie: Client, instance: Instance, destination: Destination
) -> None:
    (made,) = send(as_alice, destination, instances=[instance.uid]).json()
    assert as_charlie.get(ADDRESS).json()["results"] == []
    assert as_charlie.get(f"{ADDRESS}/{made['id']}").status_code == 404


@pytest.mark.parametrize(
    ("named", "status"),
    [
        ({}, 400),
        ({"instances": []}, 400),
        ({"instances": ["1.2.3"]}, 404),
        ({"study": "x" * 65}, 400),
        ({"series": "1.2.3"}, 404),
    ],
)
def test_what_is_not_there_is_not_sent(
    as_alice: Client, destination: Destination, named: dict[str, Any], status: int
) -> None:
    answer = send(as_alice, destination, **named)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"


def test_some_of_those_named_are_not_there(
    as_alice: Client, instance: Instance, destination: Destination
) -> None:
    named = [instance.uid, "1.2.3"]
    assert send(as_alice, destination, instances=named).status_code == 404


def test_no_destination_is_no_delivery(as_alice: Client, instance: Instance) -> None:
    nowhere = Destination(pk=uuid.uuid4())
    assert send(as_alice, nowhere, instances=[instance.uid]).status_code == 400


def test_a_parked_delivery_is_sent_again(
    as_alice: Client, instance: Instance, destination: Destination
) -> None:
    (made,) = send(as_alice, destination, instances=[instance.uid]).json()
    Delivery.objects.update(state=Delivery.State.PARKED, tries=9)
    answer = as_alice.post(f"{ADDRESS}/{made['id']}/replay")
    assert answer.status_code == 202
    assert (answer.json()["state"], answer.json()["tries"]) == ("waiting", 0)


def test_destinations_show_no_address(
    as_alice: Client, destination: Destination
) -> None:
    (shown,) = as_alice.get("/api/v1/destinations").json()["results"]
    assert shown == {
        "id": str(destination.pk),
        "name": "Archive",
        "kind": "stow",
        "is_enabled": True,
    }


def test_a_reader_sends_nothing(db: None, destination: Destination) -> None:
    reader = signed_in(make_user("reader", User.Role.READER))
    assert send(reader, destination, study="1.2.3").status_code == 403


def test_a_token_needs_its_scope(
    alice: User, client: Client, instance: Instance, destination: Destination
) -> None:
    _, secret = ApiToken.issue(alice, "test", scopes="results.read")
    header = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
    assert client.get(ADDRESS, **header).status_code == 200  # type: ignore[arg-type]
    fields = {"destination": str(destination.pk), "instances": [instance.uid]}
    answer = client.post(
        ADDRESS,
        fields,
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert answer.status_code == 403


def test_an_administrator_sends_what_is_anybodys(
    alice: User, tmp_path: Path, valkey: str, destination: Destination
) -> None:
    admin = signed_in(make_user("root", User.Role.ADMIN))
    uid = stored(alice, tmp_path).uid
    assert send(admin, destination, instances=[uid]).status_code == 202
