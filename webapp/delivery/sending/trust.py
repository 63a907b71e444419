"""TLS towards a destination: whom we trust, and who we are."""

from __future__ import annotations

import os
import ssl
import tempfile
from pathlib import Path

from dragonfly.errors import DragonflyError
from webapp.delivery.models import Destination


def tls_context(destination: Destination) -> ssl.SSLContext:
    """TLS 1.2 or newer, the certificate checked against the host's name.

    Raises:
        DragonflyError: DESTINATION_CERTIFICATE; what was pasted is no PEM.
        InvalidToken: the site's key has changed since.
    """
    try:
        context = ssl.create_default_context(cadata=destination.authority or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if pem := destination.certificate:
            _load(context, pem)
    except (ssl.SSLError, ValueError):
        raise DragonflyError(
            "DESTINATION_CERTIFICATE",
            "The certificate of the destination, or ours for it, is no PEM text with "
            "what is needed.",
        ) from None
    return context


def _load(context: ssl.SSLContext, pem: str) -> None:
    """The library reads files alone; this one is ours alone and gone at once."""
    handle, name = tempfile.mkstemp()
    try:
        with os.fdopen(handle, "w") as file:
            file.write(pem)
        context.load_cert_chain(name)
    finally:
        Path(name).unlink()
