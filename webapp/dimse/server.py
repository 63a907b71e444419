"""`Server`: takes connections, gives each its bounds, and tidies up after it."""

from __future__ import annotations

import logging
import ssl
import time
from contextlib import suppress
from typing import Any

from django.conf import settings
from pynetdicom import _config, evt
from pynetdicom.ae import ApplicationEntity
from pynetdicom.transport import RequestHandler, ThreadedAssociationServer

from webapp.dimse.bounds import (
    LARGEST_PDU,
    BoundedMessages,
    BoundedSocket,
    shut,
)
from webapp.dimse.contexts import received_contexts
from webapp.dimse.storing import check_caller, store

HANDSHAKE_SECONDS = 10.0
PATIENCE_S = 5.0
REQUEST_SECONDS = 30
"""From the connection to the request of an association (the ARTIM timer)."""
log = logging.getLogger(__name__)


class Connection(RequestHandler):
    """One connection in a thread of its own, from the handshake to the tidying up."""

    def handle(self) -> None:
        """Run the association to its end."""
        if not self._shake_hands():
            return
        association = self._create_association()
        association.start()
        association.join()
        shut(self.request)
        association.dul.join(PATIENCE_S)
        association.dimse.forget()

    def _shake_hands(self) -> bool:
        if not isinstance(self.request, ssl.SSLSocket):
            return True
        try:
            self.request.settimeout(HANDSHAKE_SECONDS)
            self.request.do_handshake()
        except OSError as error:
            log.info("No TLS with %s: %s", self.client_address[0], type(error).__name__)
            shut(self.request)
            return False
        return True

    def _create_association(self) -> Any:
        association: Any = super()._create_association()
        association.sender = None
        association.dimse = BoundedMessages(association)
        bounded = association.dul.socket
        bounded.__class__ = BoundedSocket
        bounded.ends_at = time.monotonic() + settings.DIMSE_ASSOCIATION_SECONDS
        return association


PATIENCE_S = 5.0


def let_go(event: Any) -> None:
    """A connection closed before it asked for anything: wait no longer for it."""
    association = event.assoc
    if association.requestor.primitive is None:
        association.dul.to_user_queue.put(None)


class Server(ThreadedAssociationServer):
    """Listens; a connection beyond twice the associations is closed at once."""

    daemon_threads = True

    def get_request(self) -> Any:
        """Accept without waiting for TLS, which would keep all others waiting."""
        assert self.socket is not None  # noqa: S101 -- it listens
        connection, address = self.socket.accept()
        if self.ssl_context:
            with suppress(OSError):
                connection = self.ssl_context.wrap_socket(
                    connection, server_side=True, do_handshake_on_connect=False
                )
        return connection, address

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """False closes it."""
        return len(self.active_associations) < 2 * settings.DIMSE_MAX_ASSOCIATIONS

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Of a connection that went wrong the log has one line, not a traceback."""
        log.exception("A connection ended with an error.")


def start_server() -> Server:
    """Listen where the settings say; `stop_server` ends it.

    Raises:
        OSError: the address is taken, or a TLS file cannot be read.
    """
    _config.STORE_RECV_CHUNKED_DATASET = True
    _config.LOG_HANDLER_LEVEL = "none"
    entity = ApplicationEntity(settings.DIMSE_AE_TITLE)
    entity.maximum_pdu_size = LARGEST_PDU
    entity.maximum_associations = settings.DIMSE_MAX_ASSOCIATIONS
    entity.acse_timeout = REQUEST_SECONDS
    entity.network_timeout = settings.DIMSE_IDLE_SECONDS
    entity.dimse_timeout = settings.DIMSE_IDLE_SECONDS
    server: Any = entity.make_server(
        (settings.DIMSE_HOST, settings.DIMSE_PORT),
        contexts=received_contexts(),
        ssl_context=tls_context(),
        evt_handlers=[
            (evt.EVT_REQUESTED, check_caller),
            (evt.EVT_C_STORE, store),
            (evt.EVT_CONN_CLOSE, let_go),
        ],
        server_class=Server,
        request_handler=Connection,
    )
    entity._servers.append(server)
    listening: Server = server
    return listening


def stop_server(server: Server) -> None:
    """Abort what is under way and close; what was answered with success is kept."""
    begun = server.active_associations
    for association in begun:
        if association.is_established:
            association.abort()
        elif (waiting := association.dul.socket) and waiting.socket:
            shut(waiting.socket)
    server.shutdown()
    for association in begun:
        association.join(PATIENCE_S)


def tls_context() -> ssl.SSLContext | None:
    """None without a certificate; with an authority, callers need theirs too.

    Source: PS3.15 annex B.12, BCP 195 TLS profile: TLS 1.2 or newer.
    """
    if not settings.DIMSE_TLS_CERTIFICATE:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(
        settings.DIMSE_TLS_CERTIFICATE, settings.DIMSE_TLS_KEY or None
    )
    if settings.DIMSE_TLS_AUTHORITY:
        context.load_verify_locations(settings.DIMSE_TLS_AUTHORITY)
        context.verify_mode = ssl.CERT_REQUIRED
    return context
