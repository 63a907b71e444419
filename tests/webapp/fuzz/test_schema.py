"""Made-up requests against the schema: none may end in a fault of the server's.

Schemathesis makes requests of each operation, valid and not, from the schema that the
site publishes. Each is sent as it is and once more with ids that exist.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from pytest_django.fixtures import Settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Err, Result
from schemathesis.specs.openapi.checks import response_schema_conformance

from tests.webapp.world import START, World, make_world
from webapp.accounts.models import ApiToken, User

pytestmark = [pytest.mark.fuzz, pytest.mark.django_db]
CHECKS = (not_a_server_error, response_schema_conformance)


def answer_whole(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Django, closing each answer as a server does."""
    response = WSGIHandler()(environ, start_response)
    body = b"".join(response)
    response.close()
    return [body]


@cache
def operations() -> dict[str, Any]:
    """Each operation by its name, such as "POST /api/v1/jobs"."""
    out = StringIO()
    call_command("spectacular", "--format", "openapi-json", stdout=out)
    schema = schemathesis.openapi.from_dict(json.loads(out.getvalue()))
    schema.app = answer_whole
    found = [understood(each) for each in schema.get_all_operations()]
    return {operation.label: operation for operation in found}


def understood(result: Result[Any, Any]) -> Any:
    """The operation, unless the schema says it in a way that makes no sense."""
    if isinstance(result, Err):
        raise result.err()
    return result.ok()


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """A request leaves the connection of the test's transaction open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def here(alice: User, valkey: str, settings: Settings, tmp_path: Path) -> World:
    """One of each thing, all of Alice's, who may do everything."""
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    settings.REST_PER_MINUTE = settings.SIGN_IN_PER_MINUTE = 0
    settings.DICOM_FOLDER = tmp_path / "dicom"
    alice.role = User.Role.ADMIN
    alice.save()
    made = make_world(alice)
    # It does not answer, which is no fault of the server's and yet a 502.
    del made["archives"]
    return made


def with_ids(case: Any, here: World) -> bool:
    """Put an id that exists wherever the path has one; False where it has none."""
    told: list[str] = []
    changed = False
    for word in case.operation.path.removeprefix(START).split("/"):
        if not word.startswith("{"):
            told.append(word)
        elif (name := "/".join(told)) in here:
            case.path_parameters[word.strip("{}")] = here[name]
            changed = True
    return changed


@pytest.mark.parametrize("name", operations())
def test_no_request_breaks_the_server(
    name: str, alice: User, here: World, fuzz_examples: int
) -> None:
    operation = operations()[name]
    _, secret = ApiToken.issue(alice, "fuzz", scopes="")
    headers = {"Authorization": f"Bearer {secret}"}

    @settings(
        max_examples=fuzz_examples,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def sent(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)
        if with_ids(case, here):
            case.call_and_validate(headers=headers, checks=CHECKS)

    sent()
