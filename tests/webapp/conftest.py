"""Alice owns, Bob is a colleague with access, Charlie is a stranger."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import kombu.pools
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker

from tests.valkey import running_valkey
from tests.webapp.factories import make_user
from webapp import broker
from webapp.accounts.models import User
from webapp.celery import app

OTHERS_END = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of one server for the whole run."""
    with running_valkey(tmp_path_factory.mktemp("valkey")) as url:
        yield url


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite tests use a file, as the site does: threads wait for each other there."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        file = tmp_path_factory.mktemp("database") / "test.db"
        database.setdefault("TEST", {})["NAME"] = str(file)


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """PostgreSQL drops no database that a thread or a browser's loop left open."""
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(OTHERS_END)


@pytest.fixture
def valkey(valkey_server: str, settings: Settings) -> Iterator[str]:
    """An empty Valkey that the web application and its queue use."""
    settings.REDIS_URL = valkey_server
    broker.connection.cache_clear()
    broker.connection().flushall()
    before = app.conf.broker_url
    use_queue(valkey_server)
    yield valkey_server
    broker.connection().close()
    broker.connection.cache_clear()
    use_queue(before)


def use_queue(url: str) -> None:
    """Send messages there from now on, over connections of its own."""
    app.conf.broker_url = url
    kombu.pools.reset()
    app._after_fork()


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, settings: Settings) -> Path:
    """Each test has its own folder for slides and uploads."""
    settings.DATA_FOLDER = tmp_path
    settings.SLIDE_FOLDER = tmp_path / "slides"
    settings.UPLOAD_FOLDER = tmp_path / "uploads"
    for folder in (settings.SLIDE_FOLDER, settings.UPLOAD_FOLDER):
        folder.mkdir()
    return tmp_path


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    """Slow on purpose is for real passwords."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def alice(db: None) -> User:
    return make_user("alice")


@pytest.fixture
def bob(db: None) -> User:
    return make_user("bob")


@pytest.fixture
def charlie(db: None) -> User:
    return make_user("charlie")


def signed_in(user: User) -> Client:
    """A browser in which this user has signed in."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def as_alice(alice: User) -> Client:
    return signed_in(alice)


@pytest.fixture
def as_bob(bob: User) -> Client:
    return signed_in(bob)


@pytest.fixture
def as_charlie(charlie: User) -> Client:
    return signed_in(charlie)
