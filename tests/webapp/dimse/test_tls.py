"""With a certificate only TLS is spoken; with an authority callers need theirs."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pynetdicom import AE
from pytest_django.fixtures import Settings

from tests.webapp.dimse.test_hostile_peers import is_closed
from tests.webapp.webhooks.test_https import write_certificate


@pytest.fixture
def certificate(tmp_path: Path, settings: Settings) -> Path:
    file = tmp_path / "server.pem"
    write_certificate(file, "dimse.example")
    settings.DIMSE_TLS_CERTIFICATE = str(file)
    return file


def client(trusted: Path, own: Path | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(trusted))
    if own:
        context.load_cert_chain(own)
    return context


def call(port: int, context: ssl.SSLContext) -> Any:
    entity = AE("SCANNER")
    entity.add_requested_context("1.2.840.10008.1.1")
    entity.acse_timeout = entity.network_timeout = entity.connection_timeout = 20
    return entity.associate(
        "127.0.0.1", port, ae_title="DRAGONFLY", tls_args=(context, "dimse.example")
    )


def test_an_echo_over_tls_is_answered(
    certificate: Path, listen: Callable[[], int]
) -> None:
    association = call(listen(), client(certificate))
    assert association.send_c_echo().Status == 0x0000
    association.release()


def test_without_tls_there_is_no_association(
    certificate: Path, listen: Callable[[], int]
) -> None:
    with socket.create_connection(("127.0.0.1", listen()), 20) as plain:
        plain.sendall(b"\x01\x00" + (100).to_bytes(4) + bytes(100))
        assert is_closed(plain)


def test_a_caller_without_a_certificate_is_refused(
    certificate: Path, listen: Callable[[], int], settings: Settings, tmp_path: Path
) -> None:
    own = tmp_path / "client.pem"
    write_certificate(own, "scanner.example")
    settings.DIMSE_TLS_AUTHORITY = str(own)
    port = listen()
    with socket.create_connection(("127.0.0.1", port), 20) as plain:
        wrapped = client(certificate).wrap_socket(
            plain, server_hostname="dimse.example"
        )
        # TLS 1.3 tells of it after its handshake, at the first read.
        with wrapped, pytest.raises(ssl.SSLError):
            wrapped.recv(1)
    association = call(port, client(certificate, own))
    assert association.is_established
    association.release()
