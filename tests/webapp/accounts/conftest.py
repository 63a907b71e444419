"""People with passwords, and what they type."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.webapp.factories import make_user
from webapp.accounts.models import User

PASSWORD = "correct horse battery staple"


def with_password(username: str, role: str = User.Role.EDITOR) -> User:
    user = make_user(username, role)
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, username: str, password: str, **more: str) -> Any:
    form = {"username": username, "password": password, **more}
    return client.post(reverse("login"), form)


@pytest.fixture
def dora(db: None) -> User:
    """An editor who signs in by password."""
    return with_password("dora")


@pytest.fixture
def root(db: None) -> User:
    return make_user("root", User.Role.ADMIN)
