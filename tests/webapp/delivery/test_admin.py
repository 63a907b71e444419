"""Administrators name destinations, whose secrets are never shown again."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.webapp.conftest import signed_in
from tests.webapp.delivery.conftest import Archive
from tests.webapp.factories import make_user
from webapp.accounts.models import User
from webapp.delivery.models import Delivery, Destination
from webapp.delivery.services import enqueue
from webapp.dicomweb.models import Instance

ADD = "/admin/delivery/destination/add/"
LIST = "/admin/delivery/destination/"


@pytest.fixture
def page(db: None) -> Client:
    return signed_in(make_user("root", User.Role.ADMIN))


def fields(**changed: Any) -> dict[str, Any]:
    plain = {
        "name": "PACS",
        "kind": "stow",
        "is_enabled": "on",
        "url": "https://127.0.0.1/dicom-web",
        "sign_in": "bearer",
        "new_secret": "a-secret-token",
    }
    return plain | changed


def test_a_secret_is_sealed_and_not_shown(page: Client) -> None:
    assert page.post(ADD, fields()).status_code == 302
    made = Destination.objects.get()
    assert made.secret == "a-secret-token"
    assert "a-secret-token" not in made.sealed_secret
    shown = page.get(f"{LIST}{made.pk}/change/").content.decode()
    assert "a-secret-token" not in shown
    assert made.sealed_secret not in shown


def test_an_empty_field_keeps_the_secret(page: Client) -> None:
    page.post(ADD, fields())
    made = Destination.objects.get()
    page.post(f"{LIST}{made.pk}/change/", fields(name="Other", new_secret=""))
    made.refresh_from_db()
    assert (made.name, made.secret) == ("Other", "a-secret-token")


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": ""},
        {"url": "ftp://127.0.0.1/"},
        {"url": "https://me:secret@127.0.0.1/"},
        {"url": "http://169.254.169.254/latest"},
        {"authority": "no PEM"},
        {"new_certificate": "no PEM"},
        {"kind": "dimse", "title": "PACS", "host": "127.0.0.1"},
        {"kind": "dimse", "title": "A\\B", "host": "127.0.0.1", "port": 104},
    ],
)
def test_what_could_never_work_is_refused(page: Client, wrong: dict[str, Any]) -> None:
    assert page.post(ADD, fields(**wrong)).status_code == 200
    assert not Destination.objects.exists()


def act(page: Client, address: str, action: str, chosen: Any) -> str:
    data = {"action": action, "_selected_action": [str(chosen.pk)]}
    return page.post(address, data, follow=True).content.decode()


def test_a_destination_is_tried(
    page: Client, destination: Destination, archive: Archive
) -> None:
    assert "It answers." in act(page, LIST, "try_chosen", destination)
    Destination.objects.update(url="http://127.0.0.1:9/")
    assert "ConnectError" in act(page, LIST, "try_chosen", destination)


def test_a_parked_delivery_is_seen_and_sent_again(
    page: Client, instance: Instance, destination: Destination
) -> None:
    (made,) = enqueue([instance], destination)
    Delivery.objects.update(state=Delivery.State.PARKED, reason="It has no room.")
    address = "/admin/delivery/delivery/"
    assert "It has no room." in page.get(address).content.decode()
    assert "1 are being sent again" in act(page, address, "send_again", made)
    assert Delivery.objects.get().state == Delivery.State.WAITING


def test_the_page_of_a_parked_delivery_has_a_button(
    page: Client, instance: Instance, destination: Destination
) -> None:
    """A form that posts what the action of the list takes."""
    (made,) = enqueue([instance], destination)
    address = f"/admin/delivery/delivery/{made.pk}/change/"
    assert "Send again" not in page.get(address).content.decode()
    Delivery.objects.update(state=Delivery.State.PARKED)
    shown = page.get(address).content.decode()
    assert f'name="_selected_action" value="{made.pk}"' in shown
    assert '<form method="post" action="/admin/delivery/delivery/">' in shown
