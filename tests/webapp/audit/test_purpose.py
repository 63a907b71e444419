"""The audit says why: by the token, else as the user does, else as the site does."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.webapp.accounts.test_jwt import issuer, sign
from tests.webapp.conftest import signed_in
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent

__all__ = ("issuer",)
STUDIES = "/dicom-web/studies"

pytestmark = pytest.mark.django_db


def stated(*codes: Any) -> dict[str, Any]:
    """The claim with these codes."""
    system = "urn:oid:2.16.840.1.113883.1.11.20448"
    told = [{"system": system, "code": code} for code in codes]
    return {"extensions": {"ihe_iua": {"purpose_of_use": told}}}


def why(**claims: Any) -> str:
    """What the audit says of a search with a token that says this."""
    token = sign(scope="dicomweb.read", **claims)
    answer = Client().get(STUDIES, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 204
    return AuditEvent.objects.filter(action="dicom.search").latest("pk").purpose


def test_a_token_says_why_it_reads() -> None:
    assert why(**stated("TREAT")) == "TREAT"
    assert why(**stated("NOT-A-CODE", "PUBHLTH")) == "PUBHLTH"


def test_what_a_token_says_is_not_kept_with_the_user() -> None:
    why(**stated("TREAT"))
    assert User.objects.get(username="pacs").usual_purpose == ""
    assert why() == "HRESCH"


@pytest.mark.parametrize(
    "claim",
    [
        {},
        {"extensions": "TREAT"},
        {"extensions": {"ihe_iua": [1]}},
        {"extensions": {"ihe_iua": {"purpose_of_use": {"code": ["TREAT"]}}}},
        stated(None, 7, "x" * 100),
    ],
)
def test_a_claim_that_says_nothing_leaves_the_user_s_own(
    claim: dict[str, Any],
) -> None:
    User.objects.update(usual_purpose=User.Purpose.HQUALIMP)
    assert why(**claim) == "HQUALIMP"


def test_people_have_a_purpose_too_and_the_system_has_none(alice: User) -> None:
    alice.usual_purpose = User.Purpose.TREAT
    alice.save()
    signed_in(alice).get(STUDIES)
    assert AuditEvent.objects.get(actor=alice, action="dicom.search").purpose == "TREAT"
    assert AuditEvent.record("token.forget").purpose == ""
