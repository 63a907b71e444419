"""The page of one slide: what its island needs to know stands in the page."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains

from tests.webapp.factories import make_slide
from webapp.accounts.models import User


def test_the_workspace_names_its_slide_and_root(as_alice: Client, alice: User) -> None:
    slide = make_slide(alice)
    page = as_alice.get(reverse("workspace", args=[slide.pk]))
    assertContains(page, f'data-slide="{slide.pk}"')
    assertContains(page, f'data-root="{reverse("worklist")}"')
    assertContains(page, "csrfmiddlewaretoken")


def test_a_name_is_text_and_no_markup(as_alice: Client, alice: User) -> None:
    slide = make_slide(alice, name="<b>liver</b>.svs")
    page = as_alice.get(reverse("workspace", args=[slide.pk]))
    assertContains(page, "&lt;b&gt;liver&lt;/b&gt;.svs")
