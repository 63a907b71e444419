"""Who may call, and who is refused for which reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from pytest_django.fixtures import Settings

from tests.webapp.conftest import signed_in
from tests.webapp.dimse.conftest import calling
from tests.webapp.factories import make_user
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.delivery.titles import check_title
from webapp.dimse.models import Sender, check_networks


def reason(association: Any) -> tuple[int, int, int]:
    told = association.acceptor.primitive
    return told.result, told.result_source, told.diagnostic


def test_an_unknown_machine_is_refused(port: int) -> None:
    with calling(port, title="STRANGER") as association:
        assert reason(association) == (1, 1, 3)


def test_with_nobody_on_the_list_everybody_is_refused(
    port: int, sender: Sender
) -> None:
    sender.delete()
    with calling(port) as association:
        assert reason(association) == (1, 1, 3)


def test_another_called_title_is_refused(port: int) -> None:
    with calling(port, called="OTHER") as association:
        assert reason(association) == (1, 1, 7)


@pytest.mark.parametrize(
    "change", [{"is_enabled": False}, {"addresses": "10.0.0.0/8, ::1"}]
)
def test_a_machine_that_may_not_call_now_is_refused(
    port: int, sender: Sender, change: dict[str, Any]
) -> None:
    Sender.objects.filter(pk=sender.pk).update(**change)
    with calling(port) as association:
        assert reason(association) == (1, 1, 3)


def test_a_machine_of_an_account_that_has_ended_is_refused(
    port: int, sender: Sender
) -> None:
    User.objects.filter(pk=sender.account_id).update(is_active=False)
    with calling(port) as association:
        assert reason(association) == (1, 1, 3)


def test_a_machine_may_call_from_its_network(port: int, sender: Sender) -> None:
    Sender.objects.filter(pk=sender.pk).update(addresses="127.0.0.0/8")
    with calling(port) as association:
        assert association.is_established


def test_when_the_list_cannot_be_read_nobody_comes_in(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("webapp.dimse.storing.find_sender", broken)
    with calling(port) as association:
        assert reason(association) == (2, 3, 1)


def test_one_association_too_many_is_refused_for_now(
    listen: Callable[[], int], settings: Settings
) -> None:
    settings.DIMSE_MAX_ASSOCIATIONS = 1
    port = listen()
    with calling(port) as first, calling(port) as second:
        assert first.is_established
        assert reason(second) == (2, 3, 2)


@pytest.mark.parametrize("title", ["", " A", "A\\B", "A" * 17, "Ä", "A\n"])
def test_a_title_that_dicom_forbids_is_no_title(title: str) -> None:
    with pytest.raises(ValidationError):
        check_title(title)


def test_a_network_is_written_as_one() -> None:
    check_networks("10.1.2.3, fd00::/8,10.0.0.0/8")
    with pytest.raises(ValidationError):
        check_networks("scanner.example")


def test_an_administrator_names_a_machine(db: None) -> None:
    page: Client = signed_in(make_user("root", User.Role.ADMIN))
    account = make_user("pacs", User.Role.INTEGRATION)
    fields = {"title": "SCANNER", "account": account.pk, "is_enabled": "on"}
    answer = page.post("/admin/dimse/sender/add/", fields)
    assert answer.status_code == 302
    assert Sender.objects.get().account == account
    assert AuditEvent.objects.filter(action="dimse_sender.create").exists()
