"""The front end's types are made from `frontend/openapi.json`, which is the schema."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

FILE = Path(settings.ROOT) / "frontend" / "openapi.json"


def current_schema() -> str:
    out = StringIO()
    call_command("spectacular", "--format", "openapi-json", stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_the_front_end_knows_the_api_as_it_is() -> None:
    """If not: `spectacular --format openapi-json --file frontend/openapi.json`."""
    if connection.vendor != "sqlite":
        pytest.skip("the bounds of integers are those of SQLite")
    assert json.loads(FILE.read_text()) == json.loads(current_schema())
