"""pynetdicom within bounds: what one peer may make this process hold, and for how long.

The library reads as many bytes as a peer announces and waits as long as it likes; an
announcement of 4 GiB, or a byte a minute, would cost memory and threads.
"""

from __future__ import annotations

import logging
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from pynetdicom.dimse import DIMSEServiceProvider
from pynetdicom.transport import AssociationSocket

LARGEST_PDU = 128 * 2**10
"""What we announce as our maximum (PS3.8 annex D.1)."""
MOST_PDU_BYTES = 2**20
"""Of any kind; a request for 128 contexts with all their syntaxes is a third of it."""
MOST_COMMAND_BYTES = 64 * 2**10
MOST_WAITING = 4
"""Messages that a peer may send ahead; none is offered, so none should come."""
PDU_SECONDS = 60.0
READ_BYTES = 64 * 2**10
log = logging.getLogger(__name__)


class BoundedSocket(AssociationSocket):
    """Reads no PDU that is too long or too slow; the association ends then."""

    ends_at: float

    def recv(self, nr_bytes: int) -> bytearray:
        """So many bytes, or fewer if the peer has closed.

        Raises:
            OSError: they are too many, or do not come in time.
        """
        if nr_bytes > MOST_PDU_BYTES:
            raise OSError("The peer announced a PDU that is too long.")
        assert self.socket is not None  # noqa: S101 -- it is the accepted one
        until = min(time.monotonic() + PDU_SECONDS, self.ends_at)
        read = bytearray()
        while len(read) < nr_bytes:
            left_s = until - time.monotonic()
            if left_s <= 0:
                raise TimeoutError("The peer was too slow.")
            self.socket.settimeout(left_s)
            piece = self.socket.recv(min(nr_bytes - len(read), READ_BYTES))
            if not piece:
                break
            read += piece
        return read

    def send(self, bytestream: bytes) -> None:
        """As the library does; a peer that does not read is not waited for."""
        if self.socket is not None:
            self.socket.settimeout(PDU_SECONDS)
        super().send(bytestream)


class BoundedMessages(DIMSEServiceProvider):
    """Puts messages together; of an object that is too long it keeps the beginning."""

    def __init__(self, association: Any) -> None:
        super().__init__(association)
        self.too_long: set[Path] = set()
        """Files of which the end is missing."""
        self._command = self._data = 0

    def receive_primitive(self, primitive: Any) -> None:
        """Called for each P-DATA, in the thread that reads the socket."""
        values = primitive.presentation_data_value_list
        self._command += sum(len(v[1]) for v in values if v[1][:1] and v[1][0] & 1)
        self._data += sum(len(v[1]) for v in values if v[1][:1] and not v[1][0] & 1)
        if self._command > MOST_COMMAND_BYTES or self.msg_queue.qsize() > MOST_WAITING:
            self._refuse("too much at once")
            return
        if self._data > settings.DIMSE_MAX_BYTES:
            self._cut(primitive)
        try:
            super().receive_primitive(primitive)
        except Exception as error:  # noqa: BLE001 -- whatever a peer's bytes make of it
            self._refuse(type(error).__name__)
        if self.message is None:
            self._command = self._data = 0

    def _cut(self, primitive: Any) -> None:
        """Keep the order of the message and none of its bytes."""
        values = primitive.presentation_data_value_list
        primitive.presentation_data_value_list = [
            [name, data if data[0] & 1 else data[:1]] for name, data in values
        ]
        path = self.message._data_set_path if self.message is not None else None
        if isinstance(path, Path):
            self.too_long.add(path)

    def _refuse(self, why: str) -> None:
        """As if the PDU were invalid: the association is aborted (PS3.8 table 9-6)."""
        log.warning("A message was refused: %s.", why)
        self.dul.event_queue.put("Evt19")

    def forget(self) -> None:
        """Take away files of messages that never came to their end, or to be read."""
        files = [self.message._data_set_file] if self.message is not None else []
        while not self.msg_queue.empty():
            _, waiting = self.msg_queue.get_nowait()
            files.append(getattr(waiting, "_dataset_file", None))
        for file in filter(None, files):
            file.close()
            Path(file.name).unlink(missing_ok=True)


def shut(connection: socket.socket) -> None:
    """Close it both ways, so that no thread goes on reading."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
