"""What a role allows."""

from __future__ import annotations

import pytest
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from tests.webapp.factories import make_user
from webapp.accounts.models import User
from webapp.accounts.permissions import IsAdministrator, MayUpload

pytestmark = pytest.mark.django_db
Role = User.Role


def request_of(role: str, method: str = "POST") -> Request:
    request = Request(APIRequestFactory().generic(method, "/"))
    request.user = make_user("someone", role)
    return request


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.READER, False),
        (Role.EDITOR, True),
        (Role.ADMIN, True),
        (Role.INTEGRATION, True),
    ],
)
def test_all_but_readers_upload(role: str, may: bool) -> None:
    assert MayUpload().has_permission(request_of(role), APIView()) is may


def test_readers_look(db: None) -> None:
    assert MayUpload().has_permission(request_of(Role.READER, "GET"), APIView())


@pytest.mark.parametrize("role", Role.values)
def test_only_administrators_administer(role: str) -> None:
    may = IsAdministrator().has_permission(request_of(role), APIView())
    assert may is (role == Role.ADMIN)


@pytest.mark.parametrize("role", Role.values)
def test_the_role_alone_opens_the_administration(role: str) -> None:
    user = make_user("someone", role, is_staff=True, is_superuser=True)
    assert user.is_staff is user.is_superuser is (role == Role.ADMIN)


def test_a_demoted_administrator_loses_the_administration() -> None:
    user = make_user("someone", Role.ADMIN)
    user.role = Role.READER
    user.save(update_fields=["role"])
    user.refresh_from_db()
    assert not user.is_staff


def test_a_superuser_of_djangos_is_an_administrator() -> None:
    assert User.objects.create_superuser("root").is_administrator
