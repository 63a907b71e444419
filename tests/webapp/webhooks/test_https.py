"""Over HTTPS the certificate is checked against the name, not the pinned address."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_django.fixtures import Settings

from webapp.webhooks import sending
from webapp.webhooks.address import find_target
from webapp.webhooks.secret import draw


def write_certificate(file: Path, host: str) -> None:
    """A key and its self-signed certificate for `host`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    kind = serialization.PrivateFormat.PKCS8
    pem = serialization.Encoding.PEM
    file.write_bytes(key.private_bytes(pem, kind, plain) + made.public_bytes(pem))


class Taker(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204 if self.headers["Host"].startswith("hook.") else 400)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> Iterator[int]:
    """A server on loopback that calls itself hook.example, which we trust."""
    file = tmp_path / "hook.pem"
    write_certificate(file, "hook.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server = HTTPServer(("127.0.0.1", 0), Taker)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    trusted = ssl.create_default_context(cafile=str(file))
    monkeypatch.setattr(sending, "certificates", lambda: trusted)
    settings.WEBHOOK_HOSTS = ["hook.example", "other.example"]
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]
    port = server.server_port

    def resolve(host: Any, at: Any, *_: Any, **__: Any) -> list[Any]:
        return [(*row[:4], (row[4][0], int(at or 0))) for row in rows]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    yield port
    server.shutdown()
    server.server_close()
    thread.join()


def post(host: str, port: int) -> sending.Outcome:
    target = find_target(f"https://{host}:{port}/")
    return sending.post(target, "1", "{}", [draw()])


def test_the_named_host_is_reached_at_its_pinned_address(port: int) -> None:
    assert post("hook.example", port).status == 204


def test_a_certificate_of_another_name_is_refused(port: int) -> None:
    outcome = post("other.example", port)
    assert outcome.status is None
    assert "ConnectError" in outcome.failure
