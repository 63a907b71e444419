"""People and tokens in the administration."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains

from tests.webapp.conftest import signed_in
from webapp.accounts.models import ApiToken, User
from webapp.audit.models import AuditEvent


@pytest.fixture
def as_root(root: User) -> Client:
    return signed_in(root)


def test_the_administration_is_closed_to_others(as_alice: Client) -> None:
    assert as_alice.get(reverse("admin:index")).status_code == 302


def test_a_person_is_added_with_a_role(as_root: Client) -> None:
    form = {
        "username": "dora",
        "role": "reader",
        "usable_password": "true",
        "password1": "a long sentence",
        "password2": "a long sentence",
    }
    as_root.post(reverse("admin:accounts_user_add"), form)
    assert User.objects.get(username="dora").role == "reader"


def test_a_change_of_role_is_recorded(as_root: Client, alice: User) -> None:
    form = {"username": "alice", "role": "admin", "is_active": "on"}
    as_root.post(reverse("admin:accounts_user_change", args=[alice.pk]), form)
    event = AuditEvent.objects.get(action="user.change")
    assert (event.object_id, event.details["fields"]) == (str(alice.pk), ["role"])


def test_a_new_token_is_shown_once(as_root: Client, alice: User) -> None:
    form = {"user": alice.pk, "name": "node", "expires_at": "2099-01-01T00:00"}
    add = reverse("admin:accounts_apitoken_add")
    page = as_root.post(add, form, follow=True).content.decode()
    found = re.search(r"dragonfly_[\w-]{43}", page)
    assert found is not None
    assert ApiToken.find(found[0]) == ApiToken.objects.get()
    listed = as_root.get(reverse("admin:accounts_apitoken_changelist"))
    assert found[0] not in listed.content.decode()


def test_tokens_are_revoked_together(as_root: Client, alice: User) -> None:
    token, secret = ApiToken.issue(alice, "node")
    form = {"action": "revoke", "_selected_action": [str(token.pk)]}
    as_root.post(reverse("admin:accounts_apitoken_changelist"), form)
    assert ApiToken.find(secret) is None


def test_a_token_is_not_edited(as_root: Client, alice: User) -> None:
    token, _ = ApiToken.issue(alice, "node")
    page = reverse("admin:accounts_apitoken_change", args=[token.pk])
    assert as_root.post(page, {"name": "other"}).status_code == 403


def test_every_page_of_it_says_what_the_site_is_for(as_root: Client) -> None:
    for name in ("index", "accounts_user_changelist", "audit_auditevent_changelist"):
        assertContains(as_root.get(reverse(f"admin:{name}")), "Research use only.")
