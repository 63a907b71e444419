"""Administrators decide on the pages of models; for others there are none."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.webapp.conftest import signed_in
from webapp.accounts.models import User
from webapp.training.models import ActivationRequest, ModelVersion
from webapp.training.services import active_model_version


def ask(client: Client, version: ModelVersion, **form: object) -> bytes:
    fields = {"share": 100, "reason": "Tried by hand."} | form
    page = client.post(reverse("model", args=(version.pk,)), fields, follow=True)
    return page.content


def decide(client: Client, verb: str) -> bytes:
    asked = ActivationRequest.objects.get()
    url = reverse("activation-decide", args=(asked.pk, verb))
    return client.post(url, follow=True).content


def test_ask_agree_and_go_back(
    active: ModelVersion, candidate: ModelVersion, ada: User, ben: User
) -> None:
    first, second = signed_in(ada), signed_in(ben)
    assert b"Another administrator has to agree." in ask(first, candidate)
    assert b"asked by ada" in second.get(reverse("models")).content
    decide(second, "approve")
    assert active_model_version() == candidate
    page = first.post(reverse("models-roll-back"), follow=True).content
    assert b"old answers again." in page
    assert active_model_version() == active


def test_agreeing_with_oneself_is_refused_in_words(
    active: ModelVersion, candidate: ModelVersion, ada: User
) -> None:
    client = signed_in(ada)
    ask(client, candidate)
    assert b"SECOND_ADMINISTRATOR_NEEDED" in decide(client, "approve")
    assert active_model_version() == active


def test_an_unmet_rule_without_a_reason_keeps_the_form(
    active: ModelVersion, candidate: ModelVersion, ada: User
) -> None:
    page = ask(signed_in(ada), candidate, reason="", share=30)
    assert b"REASON_NEEDED" in page
    assert b'value="30"' in page
    assert not ActivationRequest.objects.exists()


def test_a_trial_is_shown_and_ended(
    active: ModelVersion, candidate: ModelVersion, ada: User, ben: User, alice: User
) -> None:
    first = signed_in(ada)
    ask(first, candidate, share=10, people=[alice.pk])
    decide(signed_in(ben), "approve")
    page = first.get(reverse("models")).content
    assert b"answers 10 % of the people" in page
    assert b"alice" in page
    assert (
        b"On trial" not in first.post(reverse("models-end-trial"), follow=True).content
    )


@pytest.mark.parametrize("name", ["models", "model"])
def test_others_find_nothing(active: ModelVersion, alice: User, name: str) -> None:
    args = (active.pk,) if name == "model" else ()
    assert signed_in(alice).get(reverse(name, args=args)).status_code == 404
