"""The tests' database, for processes of its own that a test starts."""

from __future__ import annotations

from urllib.parse import quote

from django.db import connection


def database_url() -> str:
    """As `DATABASE_URL` takes it."""
    own = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{own['NAME']}"
    person = f"{quote(own['USER'])}:{quote(own['PASSWORD'])}"
    return f"postgres://{person}@{own['HOST']}:{own['PORT']}/{own['NAME']}"
