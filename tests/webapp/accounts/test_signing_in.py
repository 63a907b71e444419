"""People sign in by password and are locked out after too many failures."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from tests.webapp.accounts.conftest import PASSWORD, sign_in, with_password
from webapp.accounts.models import User


def test_the_right_password_leads_to_the_worklist(client: Client, dora: User) -> None:
    assertRedirects(sign_in(client, "dora", PASSWORD), reverse("worklist"))


def test_a_wrong_password_is_refused_in_plain_words(client: Client, dora: User) -> None:
    answer = sign_in(client, "dora", "wrong")
    assertContains(answer, "do not belong together")
    assert "_auth_user_id" not in client.session


def test_one_is_led_back_to_the_page_one_wanted(client: Client, dora: User) -> None:
    wanted = reverse("password")
    assertRedirects(client.get(wanted), f"{reverse('login')}?next={wanted}")
    assertRedirects(sign_in(client, "dora", PASSWORD, next=wanted), wanted)


def test_nobody_is_led_to_another_site(client: Client, dora: User) -> None:
    answer = sign_in(client, "dora", PASSWORD, next="https://evil.example/")
    assertRedirects(answer, reverse("worklist"))


def test_too_many_failures_close_the_door(client: Client, dora: User) -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in(client, "dora", "wrong")
    answer = sign_in(client, "dora", PASSWORD)
    assertContains(answer, "Too many attempts have failed", status_code=429)


def test_the_door_of_another_stays_open(client: Client, dora: User) -> None:
    with_password("erin")
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in(client, "dora", "wrong")
    assertRedirects(sign_in(client, "erin", PASSWORD), reverse("worklist"))


def test_signing_in_resets_the_count(client: Client, dora: User) -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        sign_in(client, "dora", "wrong")
    sign_in(client, "dora", PASSWORD)
    sign_in(Client(), "dora", "wrong")
    assertRedirects(sign_in(Client(), "dora", PASSWORD), reverse("worklist"))


@pytest.mark.django_db
def test_a_machine_cannot_sign_in_by_password(client: Client) -> None:
    with_password("pacs", User.Role.INTEGRATION)
    assertContains(sign_in(client, "pacs", PASSWORD), "do not belong together")


def test_a_person_made_a_machine_is_signed_out(client: Client, dora: User) -> None:
    sign_in(client, "dora", PASSWORD)
    User.objects.filter(pk=dora.pk).update(role=User.Role.INTEGRATION)
    assert client.get(reverse("worklist")).status_code == 302


def test_signing_out_needs_a_post(as_alice: Client) -> None:
    assert as_alice.get(reverse("logout")).status_code == 405
    assertRedirects(as_alice.post(reverse("logout")), reverse("login"))
    assert as_alice.get(reverse("worklist")).status_code == 302


def test_signing_in_needs_the_secret_of_the_form(dora: User) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = sign_in(client, "dora", PASSWORD)
    assertContains(answer, "open for too long", status_code=403)


def test_the_password_can_be_changed(client: Client, dora: User) -> None:
    sign_in(client, "dora", PASSWORD)
    new = "a long and different sentence"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    answer = client.post(reverse("password"), form, follow=True)
    assertContains(answer, "Your password is changed.")
    dora.refresh_from_db()
    assert dora.check_password(new)
