"""`create_user` prints a secret once and can be run at each start."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from webapp.accounts.models import ApiToken, User
from webapp.audit.models import AuditEvent

pytestmark = pytest.mark.django_db


def create_user(*words: str) -> str:
    out = StringIO()
    call_command("create_user", *words, stdout=out)
    return out.getvalue().strip()


def test_the_printed_password_is_the_accounts() -> None:
    password = create_user("demo").removeprefix("demo: password ")
    assert User.objects.get().check_password(password)


def test_the_second_run_changes_and_tells_nothing() -> None:
    create_user("demo")
    before = User.objects.values().get()
    assert create_user("demo", "--role", "admin") == "demo: exists, left as it is"
    assert User.objects.values().get() == before


def test_a_machine_gets_a_token_and_no_password() -> None:
    line = create_user("pacs", "--role", "integration")
    token = ApiToken.find(line.removeprefix("pacs: token "))
    assert token is not None
    assert not token.user.has_usable_password()


def test_the_audit_names_the_new_account() -> None:
    create_user("demo", "--role", "reader")
    event = AuditEvent.objects.get(action="user.create")
    assert event.details == {"role": "reader"}
