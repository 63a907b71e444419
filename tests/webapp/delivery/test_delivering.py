"""One object to one destination: once, again later, parked, and sent again."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.webapp.delivery.conftest import Archive
from webapp.audit.models import AuditEvent
from webapp.delivery.models import Delivery, Destination
from webapp.delivery.sending.outcome import Fate, Outcome
from webapp.delivery.services import deliver, deliver_due, enqueue, replay
from webapp.delivery.services.delivering import WAITS_S
from webapp.dicomweb.models import Instance
from webapp.webhooks.secret import seal

State = Delivery.State


@pytest.fixture
def delivery(instance: Instance, destination: Destination) -> Delivery:
    (made,) = enqueue([instance], destination)
    return made


def now(delivery: Delivery) -> Delivery:
    """The row as it is, due at once if it is waiting."""
    Delivery.objects.filter(pk=delivery.pk, state=State.WAITING).update(
        next_at=timezone.now()
    )
    delivery.refresh_from_db()
    return delivery


def told(uid: str, sequence: str, reason: str, code: int) -> bytes:
    item: dict[str, Any] = {"00081155": {"vr": "UI", "Value": [uid]}}
    item[reason] = {"vr": "US", "Value": [code]}
    return json.dumps({sequence: {"vr": "SQ", "Value": [item]}}).encode()


def test_it_arrives_once_and_whole(delivery: Delivery, archive: Archive) -> None:
    outcome = deliver(delivery.pk)
    assert outcome
    assert outcome.fate == Fate.DELIVERED
    assert deliver(delivery.pk) is None
    (body,) = archive.stores
    assert delivery.instance.path.read_bytes() in body
    assert now(delivery).state == State.DELIVERED
    assert delivery.ended_at


def test_the_request_is_stow(delivery: Delivery, archive: Archive) -> None:
    deliver(delivery.pk)
    ((method, path, headers, _),) = archive.got
    assert (method, path) == ("POST", "/dicom-web/studies")
    kind = headers["content-type"]
    assert kind.startswith('multipart/related; type="application/dicom"; boundary=')
    assert headers["accept"] == "application/dicom+json"


def test_the_same_object_is_enqueued_once(
    delivery: Delivery, instance: Instance, destination: Destination, archive: Archive
) -> None:
    deliver(delivery.pk)
    (again,) = enqueue([instance], destination)
    assert again.pk == delivery.pk
    assert again.state == State.DELIVERED
    assert deliver(again.pk) is None
    assert len(archive.stores) == 1


def test_a_failure_is_tried_later_and_later_and_then_parked(
    delivery: Delivery, archive: Archive
) -> None:
    archive.status = 503
    for expected in WAITS_S:
        deliver(delivery.pk)
        delivery.refresh_from_db()
        assert delivery.state == State.WAITING
        assert delivery.next_at
        wait = (delivery.next_at - timezone.now()).total_seconds()
        assert 0.7 * expected < wait < 1.25 * expected
        now(delivery)
    deliver(delivery.pk)
    assert now(delivery).state == State.PARKED
    assert delivery.reason == "It answered 503."


def test_a_second_try_asks_first_whether_it_is_there(
    delivery: Delivery, archive: Archive
) -> None:
    archive.status = 504
    deliver(delivery.pk)
    uid = delivery.instance.uid
    archive.finds = json.dumps([{"00080018": {"vr": "UI", "Value": [uid]}}]).encode()
    deliver(now(delivery).pk)
    assert now(delivery).state == State.DELIVERED
    assert len(archive.stores) == 1
    method, path, _, _ = archive.got[-1]
    assert method == "GET"
    assert path.endswith(f"/instances?SOPInstanceUID={uid}")


@pytest.mark.parametrize(
    ("status", "sequence", "code", "state"),
    [
        (409, "00081198", 0x0111, State.DELIVERED),
        (409, "00081198", 45070, State.DELIVERED),
        (409, "00081198", 0xA700, State.WAITING),
        (409, "00081198", 0xC000, State.PARKED),
        (202, "00081198", 0xA900, State.PARKED),
        (202, "00081199", 0xB000, State.DELIVERED),
        (200, "00081199", 0, State.DELIVERED),
    ],
)
def test_what_the_answer_says_of_the_object_decides(
    delivery: Delivery,
    archive: Archive,
    status: int,
    sequence: str,
    code: int,
    state: str,
) -> None:
    reason = "00081197" if sequence == "00081198" else "00081196"
    archive.status = status
    archive.body = told(delivery.instance.uid, sequence, reason, code)
    deliver(delivery.pk)
    assert now(delivery).state == state


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 409, 413, 415])
def test_what_another_try_cannot_help_is_parked_with_a_reason(
    delivery: Delivery, archive: Archive, status: int
) -> None:
    archive.status = status
    deliver(delivery.pk)
    assert now(delivery).state == State.PARKED
    assert delivery.reason
    assert AuditEvent.objects.filter(action="delivery.parked").count() == 1


def test_nobody_there_is_tried_later(delivery: Delivery) -> None:
    Destination.objects.update(url="http://127.0.0.1:9/dicom-web")
    deliver(delivery.pk)
    assert now(delivery).state == State.WAITING
    assert "ConnectError" in delivery.reason


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/", "http://[ff02::1]/", "http://0.0.0.0/"]
)
def test_an_address_of_no_archive_is_not_called(delivery: Delivery, url: str) -> None:
    Destination.objects.update(url=url)
    deliver(delivery.pk)
    assert now(delivery).state == State.PARKED
    assert "address of no archive" in delivery.reason


def test_a_parked_one_is_sent_again(delivery: Delivery, archive: Archive) -> None:
    archive.status = 401
    deliver(delivery.pk)
    archive.status = 200
    assert replay(delivery)
    deliver(delivery.pk)
    assert now(delivery).state == State.DELIVERED
    assert not replay(delivery)


def test_what_is_turned_off_waits(delivery: Delivery, archive: Archive) -> None:
    Destination.objects.update(is_enabled=False)
    assert deliver(delivery.pk) is None
    Destination.objects.update(is_enabled=True)
    assert deliver(delivery.pk)


def test_a_try_that_was_given_up_changes_nothing_late(
    delivery: Delivery, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*words: Any, **named: Any) -> Any:
        monkeypatch.undo()
        Delivery.objects.update(next_at=timezone.now() - timedelta(seconds=1))
        deliver(delivery.pk)
        return Outcome.later("too late")

    monkeypatch.setattr("webapp.delivery.services.delivering.send_object", slow)
    deliver(delivery.pk)
    assert now(delivery).state == State.DELIVERED
    assert len(archive.stores) == 1


def test_the_clock_finds_what_is_due(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[object] = []
    monkeypatch.setattr("webapp.delivery.services.delivering.send", sent.append)
    assert deliver_due() == 1
    assert sent == [delivery.pk]
    Delivery.objects.update(next_at=timezone.now() + timedelta(hours=1))
    assert deliver_due() == 0


@pytest.mark.parametrize(
    ("fields", "header"),
    [
        ({"sign_in": "basic", "username": "me"}, "Basic bWU6c2VjcmV0"),
        ({"sign_in": "bearer"}, "Bearer secret"),
    ],
)
def test_we_sign_in(
    delivery: Delivery, archive: Archive, fields: dict[str, str], header: str
) -> None:
    Destination.objects.update(sealed_secret=seal("secret"), **fields)
    deliver(delivery.pk)
    assert archive.got[0][2]["authorization"] == header


def test_a_secret_of_another_key_is_said_to_be_unreadable(
    delivery: Delivery, archive: Archive
) -> None:
    Destination.objects.update(sealed_secret="x", sign_in="bearer")
    deliver(delivery.pk)
    assert now(delivery).state == State.PARKED
    assert "Enter them again" in delivery.reason
    assert not archive.got
