"""Signing in and out, failing to, and tokens are recorded."""

from __future__ import annotations

from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.webapp.accounts.conftest import PASSWORD, sign_in, with_password
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent


def acts() -> list[tuple[str, str | None]]:
    events = AuditEvent.objects.order_by("id").select_related("actor")
    return [(e.action, e.actor.get_username() if e.actor else None) for e in events]


def test_a_visit_is_recorded_from_door_to_door(client: Client, db: None) -> None:
    with_password("dora")
    sign_in(client, "dora", PASSWORD)
    client.post(reverse("logout"))
    assert acts() == [("session.start", "dora"), ("session.end", "dora")]
    assert {e.address for e in AuditEvent.objects.all()} == {"127.0.0.1"}


def test_a_failure_names_the_account_it_was_aimed_at(client: Client, db: None) -> None:
    dora = with_password("dora")
    sign_in(client, "dora", "wrong")
    event = AuditEvent.objects.get()
    assert (event.action, event.object_id) == ("session.refuse", str(dora.pk))
    assert event.actor is None


def test_what_is_no_name_is_not_kept(client: Client, db: None) -> None:
    sign_in(client, "my-password-in-the-wrong-field", "x")
    event = AuditEvent.objects.get()
    assert (event.object_id, event.details) == ("", {})


def test_a_lockout_is_recorded(client: Client, db: None) -> None:
    with_password("dora")
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in(client, "dora", "wrong")
    assert ("session.lock", None) in acts()


def test_tokens_made_and_ended_are_recorded(as_alice: Client, alice: User) -> None:
    made = as_alice.post(reverse("api:tokens"), {"name": "n"}, "application/json")
    one = reverse("api:token", args=[made.json()["id"]])
    as_alice.delete(one)
    as_alice.delete(one)
    recorded = [act for act in acts() if act[0].startswith("token")]
    assert recorded == [("token.create", "alice"), ("token.revoke", "alice")]


def test_the_audit_does_not_hold_the_secret(as_alice: Client, alice: User) -> None:
    made = as_alice.post(reverse("api:tokens"), {"name": "n"}, "application/json")
    assert made.json()["secret"] not in str(list(AuditEvent.objects.values()))
