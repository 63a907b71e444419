"""Events are appended with the client's address and never changed."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django.fixtures import Settings

from tests.webapp.conftest import signed_in
from tests.webapp.factories import make_user
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.audit.record import client_address, record


def address(forwarded: str | None, remote: str = "10.0.0.1") -> str | None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote)
    return client_address(request)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, None, "10.0.0.1"),
        (0, "6.6.6.6", "10.0.0.1"),
        (1, "192.0.2.7", "192.0.2.7"),
        (1, "6.6.6.6, 192.0.2.7", "192.0.2.7"),
        (2, "6.6.6.6, 192.0.2.7, 10.9.9.9", "192.0.2.7"),
        (1, None, "10.0.0.1"),
        (2, "192.0.2.7", "192.0.2.7"),
        (1, "2001:db8::7", "2001:db8::7"),
        (1, "not an address", None),
    ],
)
def test_a_forged_header_is_not_believed(
    settings: Settings, proxies: int, forwarded: str | None, expected: str | None
) -> None:
    settings.PROXY_COUNT = proxies
    assert address(forwarded) == expected


def test_a_socket_without_an_address_is_no_error() -> None:
    assert address(None, remote="") is None


def test_an_event_names_actor_record_and_address(alice: User) -> None:
    request = RequestFactory().post("/", REMOTE_ADDR="192.0.2.7")
    request.user = alice
    event = record(request, "user.look", on=alice, reason="test")
    event.refresh_from_db()
    assert (event.actor, event.object_type) == (alice, "user")
    assert (event.object_id, event.address) == (str(alice.pk), "192.0.2.7")
    assert event.details == {"reason": "test"}


@pytest.mark.django_db
def test_an_event_is_never_changed() -> None:
    event = AuditEvent.record("slide.delete")
    event.action = "slide.look"
    with pytest.raises(TypeError):
        event.save()


def test_an_event_outlives_its_actor(alice: User) -> None:
    AuditEvent.record("session.start", actor=alice)
    alice.delete()
    assert AuditEvent.objects.get().actor is None


@pytest.mark.django_db
def test_administrators_read_it_and_cannot_change_it() -> None:
    event = AuditEvent.record("slide.delete")
    root: Client = signed_in(make_user("root", User.Role.ADMIN))
    listed = root.get(reverse("admin:audit_auditevent_changelist"))
    assert "slide.delete" in listed.content.decode()
    one = reverse("admin:audit_auditevent_change", args=[event.pk])
    assert root.post(one, {"action": "other"}).status_code == 403
    gone = reverse("admin:audit_auditevent_delete", args=[event.pk])
    assert root.post(gone, {"post": "yes"}).status_code == 403
