"""Where a webhook may not go: nothing inside is ever reached."""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from dragonfly.errors import DragonflyError
from tests.webapp.webhooks.conftest import Receiver
from webapp.accounts.models import User
from webapp.webhooks.address import find_target, is_public
from webapp.webhooks.models import WebhookEndpoint
from webapp.webhooks.services import announce, deliver

Create = Callable[..., Any]


def resolves_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Every name means these, from now on; an address, such as the queue's, itself."""
    ask = socket.getaddrinfo

    def answer(host: str, port: int, *rest: Any, **named: Any) -> list[Any]:
        if host[:1].isdecimal():
            return ask(host, port, *rest, **named)
        return [(socket.AF_INET, 1, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", answer)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://10.0.0.1/",
        "https://0.0.0.0/",
        "https://user:password@example.org/",
        "https://example.org:99999/",
        "http://93.184.215.14/",
        "gopher://example.org/",
        "file:///etc/passwd",
        "https:///nothing",
        "https://exa mple.org/",
        "https://example.org/\r\nX: 1",
        "nonsense",
        "",
    ],
)
def test_such_an_address_is_refused(create: Create, url: str) -> None:
    response = create(url=url)
    assert response.status_code in (400, 422)
    assert response.json()["code"] in ("WEBHOOK_ADDRESS", "INVALID")
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize(
    ("address", "is_open"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("100.64.0.1", False),
        ("192.168.1.1", False),
        ("224.0.0.1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("2002:7f00:1::", False),
        ("::ffff:10.0.0.1", False),
        ("2001:0:7f00:1::", False),
    ],
)
def test_what_is_public(address: str, is_open: bool) -> None:
    assert is_public(ip_address(address)) is is_open


def test_one_private_address_among_public_ones_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolves_to(monkeypatch, "93.184.215.14", "10.0.0.1")
    with pytest.raises(DragonflyError, match="private network"):
        find_target("https://hospital.example/")


def test_the_connection_goes_to_what_was_resolved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolves_to(monkeypatch, "93.184.215.14")
    target = find_target("https://hospital.example/hook?a=1#b")
    assert target.pinned_url == "https://93.184.215.14:443/hook?a=1"
    assert (target.host, target.host_header) == ("hospital.example",) * 2


def test_a_name_that_turns_inward_later_reaches_nothing(
    monkeypatch: pytest.MonkeyPatch,
    create: Create,
    receiver: Receiver,
    alice: User,
    settings: Settings,
) -> None:
    settings.WEBHOOK_HOSTS = []
    port = receiver.url.split(":")[2].split("/")[0]
    resolves_to(monkeypatch, "93.184.215.14")
    assert create(url=f"https://rebind.example:{port}/").status_code == 201
    (delivery,) = announce(alice, "job.failed", {})
    resolves_to(monkeypatch, "127.0.0.1")
    assert deliver(delivery.pk) is False
    assert "private network" in delivery.attempts.get().failure
    assert receiver.got == []


def test_an_address_cannot_be_changed_to_a_private_one(
    endpoint: WebhookEndpoint, as_alice: Client
) -> None:
    response = as_alice.patch(
        f"/api/v1/webhooks/{endpoint.pk}",
        {"url": "https://10.0.0.1/"},
        content_type="application/json",
    )
    assert response.json()["code"] == "WEBHOOK_ADDRESS"
    endpoint.refresh_from_db()
    assert endpoint.url.startswith("http://127.0.0.1")
