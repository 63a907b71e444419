"""A version from outside goes when nothing refers to it; no answer loses its own."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from tests.webapp.conftest import signed_in
from tests.webapp.factories import make_question, make_slide
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.training.models import ActivationRequest, ModelImport, ModelVersion
from webapp.training.services import (
    activate_model_version,
    approve,
    ask_for_activation,
    roll_back,
)


@pytest.fixture
def imported(active: ModelVersion, candidate: ModelVersion, ada: User) -> ModelVersion:
    """From outside, and never asked."""
    ModelImport.objects.create(
        folder="there",
        state=ModelImport.State.ACCEPTED,
        created_by=ada,
        model_version=candidate,
    )
    return candidate


@pytest.fixture
def client(ada: User) -> Client:
    return signed_in(ada)


def delete(client: Client, version: ModelVersion) -> tuple[int, str]:
    """Status and, of a refusal, its code."""
    answer = client.delete(f"/api/v1/models/{version.pk}")
    is_done = answer.status_code == HTTPStatus.NO_CONTENT
    return answer.status_code, "" if is_done else answer.json()["code"]


def test_it_goes_with_its_files_and_stays_in_the_audit_trail(
    imported: ModelVersion,
    client: Client,
    settings: Settings,
    tmp_path: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.DATA_FOLDER = tmp_path
    folder = tmp_path / "models" / imported.digest
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"weights")
    with django_capture_on_commit_callbacks(execute=True):
        assert delete(client, imported) == (204, "")
    assert not ModelVersion.objects.filter(pk=imported.pk).exists()
    assert list(folder.parent.iterdir()) == []
    told = AuditEvent.objects.get(action="model.delete")
    assert told.details["digest"] == imported.digest


def test_a_retired_one_that_answered_nothing_goes_with_its_decisions(
    active: ModelVersion, imported: ModelVersion, client: Client, ada: User, ben: User
) -> None:
    asked = ask_for_activation(imported, ada, reason="Tried by hand.")
    approve(asked, ben)
    roll_back(ada)
    imported.refresh_from_db()
    assert imported.state == ModelVersion.State.RETIRED
    assert delete(client, imported) == (204, "")
    assert not ActivationRequest.objects.exists()
    active.refresh_from_db()
    assert active.state == ModelVersion.State.ACTIVE


def test_one_that_answered_stays(
    imported: ModelVersion, client: Client, alice: User
) -> None:
    make_question(make_slide(alice), model_version=imported)
    answer = client.delete(f"/api/v1/models/{imported.pk}").json()
    assert answer["code"] == "MODEL_IN_USE"
    assert "question (1)" in answer["detail"]
    assert ModelVersion.objects.filter(pk=imported.pk).exists()
    assert ModelImport.objects.get().model_version == imported
    assert not AuditEvent.objects.filter(action="model.delete").exists()


def test_the_base_of_another_import_stays(
    imported: ModelVersion, client: Client, ada: User
) -> None:
    ModelImport.objects.create(folder="adapter", created_by=ada, base=imported)
    assert delete(client, imported) == (409, "MODEL_IN_USE")


def test_one_that_answers_or_may_soon_stays(
    active: ModelVersion, imported: ModelVersion, client: Client, ada: User
) -> None:
    ask_for_activation(imported, ada, reason="Tried by hand.")
    assert delete(client, imported) == (409, "MODEL_IN_USE")
    activate_model_version(imported, replacing=active)
    assert delete(client, imported) == (409, "MODEL_ACTIVE")


def test_one_that_was_made_here_stays(candidate: ModelVersion, client: Client) -> None:
    assert delete(client, candidate) == (409, "MODEL_NOT_IMPORTED")


def test_on_its_page_there_is_a_button_and_a_refusal_in_words(
    imported: ModelVersion, client: Client, alice: User
) -> None:
    page = client.get(reverse("model", args=(imported.pk,))).content
    assert b"Delete this version" in page
    question = make_question(make_slide(alice), model_version=imported)
    url = reverse("model-delete", args=(imported.pk,))
    assert b"MODEL_IN_USE" in client.post(url, follow=True).content
    question.delete()
    assert b"new was deleted." in client.post(url, follow=True).content
    assert not ModelVersion.objects.filter(pk=imported.pk).exists()


def test_for_others_there_is_no_such_button(
    imported: ModelVersion, alice: User
) -> None:
    url = reverse("model-delete", args=(imported.pk,))
    assert signed_in(alice).post(url).status_code == 404
    assert ModelVersion.objects.filter(pk=imported.pk).exists()
