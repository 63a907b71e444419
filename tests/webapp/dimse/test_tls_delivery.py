"""Delivering by C-STORE over TLS: we check whom we talk to, and may show who we are."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.webapp.delivery.conftest import stored
from tests.webapp.factories import make_user
from tests.webapp.webhooks.test_https import write_certificate
from webapp.delivery.models import Destination
from webapp.delivery.sending import dimse
from webapp.delivery.sending.outcome import Fate, Outcome
from webapp.delivery.sending.sender import send_object, try_out
from webapp.dicomweb.models import Instance
from webapp.dimse.models import Sender
from webapp.webhooks import secret


@pytest.fixture
def archive(
    tmp_path: Path,
    settings: Settings,
    sender: Sender,
    listen: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> Destination:
    """Our own receiving end with a certificate, which knows us as a sender."""
    certificate = tmp_path / "server.pem"
    write_certificate(certificate, "dimse.example")
    settings.DIMSE_TLS_CERTIFICATE = str(certificate)
    Sender.objects.update(title=settings.DIMSE_AE_TITLE)
    here = ip_address("127.0.0.1")
    monkeypatch.setattr(dimse, "find_address", lambda host, port: here)
    return Destination.objects.create(
        name="TLS",
        kind="dimse",
        title="DRAGONFLY",
        host="dimse.example",
        port=listen(),
        uses_tls=True,
        authority=certificate.read_text().partition("-----END PRIVATE KEY-----")[2],
    )


def sent(archive: Destination, folder: Path) -> Outcome:
    own = stored(make_user("alice"), folder)
    return send_object(archive, own, asks=False)


def test_an_object_arrives_over_tls(archive: Destination, tmp_path: Path) -> None:
    assert try_out(archive).fate == Fate.DELIVERED
    assert sent(archive, tmp_path) == Outcome.delivered()
    owners = Instance.objects.values_list("owner__username", flat=True)
    assert sorted(owners) == ["alice", "pacs"]


@pytest.mark.parametrize(
    "wrong", [{"authority": ""}, {"host": "other.example"}, {"uses_tls": False}]
)
def test_nothing_is_said_to_somebody_else(
    archive: Destination, tmp_path: Path, wrong: dict[str, object]
) -> None:
    Destination.objects.update(**wrong)
    archive.refresh_from_db()
    assert sent(archive, tmp_path).fate == Fate.LATER
    assert Instance.objects.count() == 1


def test_we_show_our_certificate_where_it_is_asked_for(
    archive: Destination,
    tmp_path: Path,
    settings: Settings,
    listen: Callable[[], int],
) -> None:
    own = tmp_path / "own.pem"
    write_certificate(own, "dragonfly.example")
    settings.DIMSE_TLS_AUTHORITY = str(own)
    archive.port = listen()
    assert try_out(archive).fate == Fate.LATER
    archive.sealed_certificate = secret.seal(own.read_text())
    assert try_out(archive).fate == Fate.DELIVERED
