"""Who I am, over REST."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from webapp.accounts.models import User


def test_the_caller_is_told_who_they_are(as_alice: Client) -> None:
    body = as_alice.get(reverse("api:me")).json()
    assert body["username"] == "alice"
    assert (body["role"], body["can_upload"]) == ("editor", True)


def test_a_name_can_be_changed(as_alice: Client, alice: User) -> None:
    change = {"first_name": "Alice", "email": "alice@example.org"}
    answer = as_alice.patch(reverse("api:me"), change, "application/json")
    assert answer.status_code == 200
    alice.refresh_from_db()
    assert (alice.first_name, alice.email) == ("Alice", "alice@example.org")


def test_nobody_raises_their_own_role(as_alice: Client, alice: User) -> None:
    change = {"role": "admin", "quota_bytes": 1, "username": "root"}
    as_alice.patch(reverse("api:me"), change, "application/json")
    alice.refresh_from_db()
    assert (alice.role, alice.quota_bytes) == ("editor", None)
    assert alice.username == "alice"


def test_a_bad_address_names_its_field(as_alice: Client) -> None:
    change = {"email": "nowhere"}
    answer = as_alice.patch(reverse("api:me"), change, "application/json")
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == ["email"]


def test_an_account_is_not_replaced_or_deleted(as_alice: Client) -> None:
    assert as_alice.put(reverse("api:me")).status_code == 405
    assert as_alice.delete(reverse("api:me")).status_code == 405


def test_a_change_needs_the_secret_of_the_page(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    answer = client.patch(reverse("api:me"), {}, "application/json")
    assert answer.status_code == 403
