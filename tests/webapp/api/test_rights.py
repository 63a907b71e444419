"""Each REST operation, asked by everybody: allowed, or refused in the right way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve
from django.utils import timezone
from pytest_django.fixtures import Settings

from tests.webapp.api.rights import (
    BINARY,
    CALLERS,
    QUERIES,
    Operation,
    bodies,
    rights,
)
from tests.webapp.api.routes import rest_operations
from tests.webapp.conftest import signed_in
from tests.webapp.factories import make_user
from tests.webapp.world import World, filled, make_world
from webapp.accounts.models import ApiToken, User
from webapp.accounts.scopes import SCOPES, scope_of
from webapp.slides.models import Slide, SlideAccess

Role = User.Role
ROLES = {
    "owner": Role.EDITOR,
    "editor": Role.EDITOR,
    "reader": Role.READER,
    "admin": Role.ADMIN,
    "stranger": Role.EDITOR,
    "machine": Role.INTEGRATION,
}
SHARED_WITH = ("editor", "reader", "machine")


class Caller:
    """One of `CALLERS`, who has signed in."""

    def __init__(self, name: str, people: dict[str, User]) -> None:
        self._name = name
        self._machine = people["machine"]
        self._tokens: dict[str, str] = {}
        user = people.get(name)
        self._client = signed_in(user) if user else Client()
        self._client.raise_request_exception = False

    def ask(self, operation: Operation, world: World) -> Any:
        """Its answer; whatever it changed is as before."""
        address = filled(operation.path, world) or ""
        body = bodies(world).get(operation, {})
        kind = "application/json"
        if operation.path in BINARY:
            kind = "application/octet-stream"
        if operation == Operation("POST", "uploads"):
            kind = "multipart/form-data; boundary=x"
        headers = self._headers(address, operation.method)
        with transaction.atomic():
            if operation == Operation("POST", "slides/{}/restore"):
                Slide.objects.update(deleted_at=timezone.now())
            answer: Any = self._client.generic(
                operation.method,
                address + QUERIES.get(operation.path, ""),
                json.dumps(body),
                kind,
                headers=headers,
            )
            if answer.streaming:
                list(answer.streaming_content)
            transaction.set_rollback(True)
        return answer

    def _headers(self, address: str, method: str) -> dict[str, str]:
        """A program's token with the scope that is needed, or with all others."""
        if self._name not in ("program", "narrow"):
            return {}
        view = getattr(resolve(address).func, "cls", None)
        needed = scope_of(view(), method) if view else ""
        assert needed in {"", *SCOPES}
        if needed not in self._tokens:
            wanted = self._name == "program"
            scopes = [one for one in SCOPES if (one == needed) == wanted] or [
                "jobs.read"
            ]
            _, secret = ApiToken.issue(self._machine, "test", scopes=" ".join(scopes))
            self._tokens[needed] = secret
        return {"Authorization": f"Bearer {self._tokens[needed]}"}


@pytest.fixture
def people(db: None) -> dict[str, User]:
    return {name: make_user(name, role) for name, role in ROLES.items()}


@pytest.fixture
def world(
    people: dict[str, User], valkey: str, settings: Settings, tmp_path: Path
) -> World:
    """The owner's; its slide is shared."""
    settings.REST_PER_MINUTE = settings.SIGN_IN_PER_MINUTE = 0
    settings.DICOM_FOLDER = tmp_path / "dicom"
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    made = make_world(people["owner"])
    for name in SHARED_WITH:
        SlideAccess.objects.create(slide=Slide.objects.get(), user=people[name])
    return made


REFUSALS = {
    401: {"NOT_SIGNED_IN"},
    403: {"NO_PERMISSION"},
    404: {"NOT_FOUND", "STUDY_UNKNOWN"},
}


def is_right(answer: HttpResponse, caller: str) -> bool:
    """A refusal says why in the way that programs read."""
    if answer.status_code < 400 or answer.status_code == 503:
        return True
    if answer.headers["Content-Type"] != "application/problem+json":
        return False
    code = json.loads(answer.content)["code"]
    if caller == "narrow" and answer.status_code == 403:
        return code in ("INSUFFICIENT_SCOPE", "NO_PERMISSION")
    return code in REFUSALS.get(answer.status_code, {code})


def test_every_operation_is_in_the_table() -> None:
    assert {tuple(row) for row in rights()} == rest_operations()


@pytest.mark.parametrize("name", CALLERS)
def test_each_is_allowed_or_refused(
    name: str, world: World, people: dict[str, User]
) -> None:
    caller = Caller(name, people)
    told, wrong = {}, []
    for operation in rights():
        answer = caller.ask(operation, world)
        told[operation] = answer.status_code
        if not is_right(answer, name):
            wrong.append((operation, answer.status_code, answer.content))
    assert told == {row: of[name] for row, of in rights().items()}
    assert not wrong
