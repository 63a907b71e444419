"""The site works below a path of another host."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

ASK = """
import json, django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.test import Client
settings.ALLOWED_HOSTS.append("testserver")
call_command("migrate", verbosity=0)
client = Client()
door = client.get("/")
page = client.get("/login/")
print(json.dumps({
    "door": door.headers["Location"],
    "page": page.content.decode(),
    "cookie": page.cookies["csrftoken"]["path"],
    "problem": client.get("/api/v1/nothing").headers["Content-Type"],
    "css": client.get("/static/site/site.css").status_code,
}))
"""


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """What a client sees of a site that was started with a prefix."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("URL_PREFIX", "/dragonfly/")
        patch.setenv("DATABASE_URL", "sqlite://:memory:")
        patch.setenv("DJANGO_SETTINGS_MODULE", "webapp.settings")
        command = [sys.executable, "-c", ASK]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_door_is_below_it(seen: dict[str, Any]) -> None:
    assert seen["door"] == "/dragonfly/login/?next=/dragonfly/"


def test_links_and_files_are_below_it(seen: dict[str, Any]) -> None:
    assert 'href="/dragonfly/about/"' in seen["page"]
    assert 'href="/dragonfly/static/site/site.css"' in seen["page"]
    assert 'action="/dragonfly/login/"' in seen["page"]
    assert seen["css"] == 200


def test_its_cookies_stay_below_it(seen: dict[str, Any]) -> None:
    assert seen["cookie"] == "/dragonfly/"


def test_programs_still_get_problems(seen: dict[str, Any]) -> None:
    assert seen["problem"] == "application/problem+json"
