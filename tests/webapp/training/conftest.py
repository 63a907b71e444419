"""A site with an active version, a candidate, and two administrators."""

from __future__ import annotations

import pytest

from tests.webapp.factories import make_model_version, make_user
from webapp.accounts.models import User
from webapp.training.models import ModelVersion


@pytest.fixture
def active(db: None) -> ModelVersion:
    return make_model_version(name="old", state="active")


@pytest.fixture
def candidate(db: None) -> ModelVersion:
    return make_model_version(name="new", state="candidate")


@pytest.fixture
def ada(db: None) -> User:
    return make_user("ada", User.Role.ADMIN)


@pytest.fixture
def ben(db: None) -> User:
    return make_user("ben", User.Role.ADMIN)
