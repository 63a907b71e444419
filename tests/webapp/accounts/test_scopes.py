"""A token opens what its scopes say, on REST, DICOMweb and uploads."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.webapp.factories import make_slide, make_user
from webapp.accounts.models import ApiToken, User
from webapp.accounts.scopes import SCOPES


@pytest.fixture
def pacs(db: None) -> User:
    return make_user("pacs", User.Role.INTEGRATION)


def holder(user: User, *scopes: str) -> dict[str, str]:
    _, secret = ApiToken.issue(user, "test", scopes=" ".join(scopes))
    return {"Authorization": f"Bearer {secret}"}


def test_without_scopes_it_opens_all_but_labels(client: Client, pacs: User) -> None:
    headers = holder(pacs)
    for path in ("slides", "questions", "models", "jobs", "webhooks"):
        assert client.get(f"/api/v1/{path}", headers=headers).status_code == 200
    slide = make_slide(pacs, has_label=True)
    label = client.get(f"/api/v1/slides/{slide.pk}/label", headers=headers)
    assert (label.status_code, label.json()["code"]) == (403, "INSUFFICIENT_SCOPE")


def test_a_label_needs_its_own_scope(client: Client, pacs: User) -> None:
    slide = make_slide(pacs, has_label=True)
    (slide.folder / "private").mkdir(parents=True)
    (slide.folder / "private" / "label.png").write_bytes(b"png")
    headers = holder(pacs, "phi.read")
    answer = client.get(f"/api/v1/slides/{slide.pk}/label", headers=headers)
    assert (answer.status_code, answer.content) == (200, b"png")


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/api/v1/slides", "slides.read"),
        ("/api/v1/uploads", "slides.read"),
        ("/api/v1/questions", "questions.read"),
        ("/api/v1/models", "models.read"),
        ("/api/v1/jobs", "jobs.read"),
        ("/api/v1/webhooks", "webhooks.read"),
        ("/dicom-web/studies", "dicomweb.read"),
    ],
)
def test_reading_needs_the_scope(
    client: Client, pacs: User, path: str, scope: str
) -> None:
    others = [name for name in SCOPES if name != scope]
    refused = client.get(path, headers=holder(pacs, *others))
    assert refused.status_code == 403
    challenge = refused["WWW-Authenticate"]
    assert challenge == f'Bearer error="insufficient_scope", scope="{scope}"'
    assert client.get(path, headers=holder(pacs, scope)).status_code in (200, 204)


@pytest.mark.parametrize("path", ["questions", "jobs", "webhooks"])
def test_writing_needs_more_than_reading(client: Client, pacs: User, path: str) -> None:
    def post(*scopes: str) -> Any:
        headers = holder(pacs, *scopes)
        return client.post(
            f"/api/v1/{path}", {}, content_type="application/json", headers=headers
        )

    assert post(f"{path}.read").status_code == 403
    assert post(f"{path}.write").status_code == 400


def test_who_i_am_needs_none(client: Client, pacs: User) -> None:
    answer = client.get("/api/v1/me", headers=holder(pacs, "jobs.read"))
    assert answer.json()["username"] == "pacs"


def test_a_scope_gives_no_more_than_the_role(client: Client, db: None) -> None:
    reader = make_user("rita", User.Role.READER)
    answer = client.post("/api/v1/uploads", headers=holder(reader, "slides.write"))
    assert (answer.status_code, answer.json()["code"]) == (403, "NO_PERMISSION")


def test_a_session_needs_none(as_alice: Client) -> None:
    assert as_alice.get("/api/v1/jobs").status_code == 200


def test_a_token_is_made_with_scopes(as_alice: Client) -> None:
    asked = {"name": "router", "scopes": ["jobs.read", "jobs.write", "jobs.read"]}
    body = as_alice.post("/api/v1/tokens", asked, content_type="application/json")
    assert body.json()["scopes"] == ["jobs.read", "jobs.write"]
    wrong = {"name": "router", "scopes": ["everything"]}
    body = as_alice.post("/api/v1/tokens", wrong, content_type="application/json")
    assert body.json()["code"] == "INVALID"
