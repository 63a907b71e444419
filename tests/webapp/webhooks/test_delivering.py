"""Delivering to a real server: signed, tried again, given up, replayed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from tests.valkey import free_port
from tests.webapp.factories import make_user
from tests.webapp.webhooks.conftest import Receiver
from webapp.accounts.models import User
from webapp.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from webapp.webhooks.services import announce, deliver
from webapp.webhooks.services.delivering import WAITS_S, deliver_due

State = WebhookDelivery.State


@pytest.fixture
def delivery(endpoint: WebhookEndpoint, alice: User) -> WebhookDelivery:
    (made,) = announce(alice, "job.succeeded", {"id": "7", "state": "succeeded"})
    return made


def again(delivery: WebhookDelivery, **fields: Any) -> WebhookDelivery:
    """The row as it is now, due at once."""
    WebhookDelivery.objects.filter(pk=delivery.pk, state=State.WAITING).update(
        next_at=timezone.now(), **fields
    )
    delivery.refresh_from_db()
    return delivery


def test_it_arrives_once(delivery: WebhookDelivery, receiver: Receiver) -> None:
    assert deliver(delivery.pk) is True
    assert deliver(delivery.pk) is None
    ((headers, body),) = receiver.got
    assert headers["webhook-id"] == str(delivery.pk)
    assert json.loads(body)["type"] == "job.succeeded"
    assert json.loads(body)["data"] == {"id": "7", "state": "succeeded"}
    assert again(delivery).state == State.DELIVERED


def test_its_signature_is_the_specified_one(
    delivery: WebhookDelivery, receiver: Receiver
) -> None:
    deliver(delivery.pk)
    ((headers, body),) = receiver.got
    (secret,) = delivery.endpoint.secrets
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_a_changed_body_does_not_verify(
    delivery: WebhookDelivery, receiver: Receiver
) -> None:
    deliver(delivery.pk)
    ((headers, body),) = receiver.got
    verifier = Webhook(delivery.endpoint.secrets[0])
    assert verifier.verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        verifier.verify(body.replace(b"7", b"8"), headers)


def test_two_secrets_sign_while_one_is_rotated(
    delivery: WebhookDelivery, receiver: Receiver, as_alice: Client
) -> None:
    earlier = delivery.endpoint.secrets[0]
    address = f"/api/v1/webhooks/{delivery.endpoint_id}/rotate-secret"
    newer = as_alice.post(address).json()["secret"]
    deliver(delivery.pk)
    ((headers, body),) = receiver.got
    assert Webhook(earlier).verify(body, headers)
    assert Webhook(newer).verify(body, headers)
    WebhookEndpoint.objects.update(earlier_secret_until=timezone.now())
    assert WebhookEndpoint.objects.get().secrets == [newer]


def test_a_failure_is_tried_again_later_and_later(
    delivery: WebhookDelivery, receiver: Receiver
) -> None:
    receiver.status = 500
    waits = []
    for _ in WAITS_S:
        assert deliver(delivery.pk) is False
        delivery.refresh_from_db()
        assert delivery.next_at is not None
        waits.append((delivery.next_at - timezone.now()).total_seconds())
        again(delivery)
    for wait, expected in zip(waits, WAITS_S, strict=True):
        assert 0.75 * expected < wait < 1.25 * expected
    assert deliver(delivery.pk) is False
    assert again(delivery).state == State.FAILED
    assert WebhookAttempt.objects.filter(status=500).count() == len(WAITS_S) + 1


def test_nothing_there_is_a_failure_with_a_reason(
    delivery: WebhookDelivery,
) -> None:
    url = f"http://127.0.0.1:{free_port()}/"
    WebhookEndpoint.objects.update(url=url)
    assert deliver(delivery.pk) is False
    assert "ConnectError" in delivery.attempts.get().failure


def test_a_redirect_is_not_followed(
    delivery: WebhookDelivery, receiver: Receiver
) -> None:
    receiver.status, receiver.headers = 307, {"Location": receiver.url}
    assert deliver(delivery.pk) is False
    assert len(receiver.got) == 1


def test_a_long_answer_is_cut(delivery: WebhookDelivery, receiver: Receiver) -> None:
    receiver.status, receiver.body = 200, b"x" * 5_000_000
    assert deliver(delivery.pk) is True


def test_gone_disables_the_endpoint(
    delivery: WebhookDelivery, receiver: Receiver, as_alice: Client, alice: User
) -> None:
    receiver.status = 410
    deliver(delivery.pk)
    assert again(delivery).state == State.FAILED
    address = f"/api/v1/webhooks/{delivery.endpoint_id}"
    assert as_alice.get(address).json()["is_enabled"] is False
    assert announce(alice, "job.failed", {}) == []
    assert as_alice.post(f"{address}/enable").json()["is_enabled"] is True
    assert len(announce(alice, "job.failed", {})) == 1


def test_a_long_failure_disables_the_endpoint(
    delivery: WebhookDelivery, receiver: Receiver
) -> None:
    receiver.status = 500
    WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(days=6))
    deliver(delivery.pk)
    endpoint = WebhookEndpoint.objects.get()
    assert not endpoint.is_enabled
    assert "failed since" in endpoint.disabled_reason


def test_a_success_ends_the_failing(
    delivery: WebhookDelivery, receiver: Receiver
) -> None:
    WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(days=6))
    deliver(delivery.pk)
    assert WebhookEndpoint.objects.get().failing_since is None


def test_a_delivery_is_replayed_under_its_own_id(
    delivery: WebhookDelivery, receiver: Receiver, as_alice: Client
) -> None:
    deliver(delivery.pk)
    log = f"/api/v1/webhooks/{delivery.endpoint_id}/deliveries"
    shown = as_alice.get(log).json()["results"][0]
    assert (shown["state"], shown["attempts"][0]["status"]) == ("delivered", 204)
    assert as_alice.post(f"{log}/{delivery.pk}/replay").status_code == 202
    deliver(delivery.pk)
    assert [headers["webhook-id"] for headers, _ in receiver.got] == [
        str(delivery.pk)
    ] * 2


def test_the_clock_finds_what_the_queue_lost(
    delivery: WebhookDelivery, valkey: str
) -> None:
    assert deliver_due() == 1
    WebhookDelivery.objects.update(next_at=timezone.now() + timedelta(minutes=1))
    assert deliver_due() == 0


def test_an_endpoint_hears_what_it_asked_for(
    create: Callable[..., Any], receiver: Receiver, alice: User
) -> None:
    create(url=receiver.url, events=["job.failed"])
    assert announce(alice, "job.succeeded", {}) == []
    assert len(announce(alice, "job.failed", {})) == 1
    assert announce(make_user("dora"), "job.failed", {}) == []


def test_a_ping_is_sent(
    endpoint: WebhookEndpoint, as_alice: Client, receiver: Receiver
) -> None:
    body = as_alice.post(f"/api/v1/webhooks/{endpoint.pk}/ping").json()
    deliver(body["id"])
    assert json.loads(receiver.got[0][1])["type"] == "ping"


def test_a_stranger_finds_no_endpoint(
    delivery: WebhookDelivery, as_charlie: Client
) -> None:
    address = f"/api/v1/webhooks/{delivery.endpoint_id}"
    for tail in ("", "/deliveries"):
        assert as_charlie.get(address + tail).status_code == 404
    for tail in ("/ping", "/enable", "/rotate-secret"):
        assert as_charlie.post(address + tail).status_code == 404
    replay = f"{address}/deliveries/{delivery.pk}/replay"
    assert as_charlie.post(replay).status_code == 404
    assert as_charlie.delete(address).status_code == 404
    assert as_charlie.get("/api/v1/webhooks").json()["results"] == []


def test_the_secret_is_shown_once_and_lies_sealed(
    endpoint: WebhookEndpoint, as_alice: Client
) -> None:
    shown = as_alice.get(f"/api/v1/webhooks/{endpoint.pk}").json()
    assert "secret" not in shown
    assert endpoint.secrets[0] not in endpoint.sealed_secret
