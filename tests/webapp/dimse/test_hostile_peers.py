"""Peers that do what no peer should: others are served, and nothing stays behind."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pynetdicom import AE, build_context
from pynetdicom.dimse_messages import C_STORE_RQ
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.pdu_primitives import P_DATA
from pytest_django.fixtures import Settings

from tests.webapp.dimse.conftest import calling
from tests.webapp.dimse.test_receiving import PICTURE, picture
from webapp.dimse import bounds

PATIENCE_S = 30.0


def wait_until(is_so: Callable[[], Any]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


def is_closed(connection: socket.socket) -> bool:
    """The other side has ended it; what it said before is of no interest."""
    connection.settimeout(PATIENCE_S)
    try:
        while connection.recv(4096):
            pass
    except ConnectionResetError:
        return True
    return True


def served(port: int) -> bool:
    with calling(port) as association:
        return bool(association.send_c_echo().Status == 0x0000)


@pytest.mark.parametrize("kind", [1, 4])
def test_a_pdu_of_four_gigabytes_is_not_read(port: int, kind: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as hostile:
        hostile.sendall(struct.pack(">BBL", kind, 0, 0xFFFFFFF0) + bytes(1000))
        assert is_closed(hostile)
    assert served(port)


def test_bytes_that_are_no_dicom_end_the_connection(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as hostile:
        hostile.sendall(b"GET / HTTP/1.1\r\n\r\n" * 10)
        assert is_closed(hostile)
    assert served(port)


def test_a_slow_peer_is_left(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "PDU_SECONDS", 0.2)
    with socket.create_connection(("127.0.0.1", port)) as hostile:
        hostile.sendall(b"\x01\x00\x00")
        assert is_closed(hostile)
    assert served(port)


def test_half_open_connections_keep_nobody_out(
    listen: Callable[[], int], settings: Settings
) -> None:
    settings.DIMSE_MAX_ASSOCIATIONS = 5
    port = listen()
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(4)]
    assert served(port)
    for one in silent:
        one.close()


def test_an_association_of_many_contexts_is_answered(port: int) -> None:
    entity = AE("SCANNER")
    names = [f"1.2.826.0.1.3680043.8.498.{n}" for n in range(127)]
    entity.requested_contexts = [
        *(build_context(name) for name in names),
        build_context("1.2.840.10008.1.1"),
    ]
    association = entity.associate("127.0.0.1", port, ae_title="DRAGONFLY")
    assert [cx.abstract_syntax for cx in association.accepted_contexts] == [
        "1.2.840.10008.1.1"
    ]
    association.release()


def test_an_object_that_breaks_off_leaves_no_file(port: int, receiving: Path) -> None:
    with calling(port, PICTURE) as association:
        _begin_object(association)
        wait_until(lambda: list(receiving.iterdir()))
        association.abort()
    wait_until(lambda: not list(receiving.iterdir()))
    assert served(port)


def test_an_endless_command_is_cut_off(port: int) -> None:
    with calling(port, PICTURE) as association:
        for _ in range(6):
            _send_fragment(association, b"\x01" + bytes(16_000))
        wait_until(lambda: not association.is_established)
    assert served(port)


def test_a_command_that_cannot_be_read_ends_the_association(port: int) -> None:
    with calling(port, PICTURE) as association:
        _send_fragment(association, b"\x03" + b"\xff" * 100)
        wait_until(lambda: not association.is_established)
    assert served(port)


def test_a_silent_association_is_ended(
    listen: Callable[[], int], settings: Settings
) -> None:
    settings.DIMSE_IDLE_SECONDS = 1
    port = listen()
    with calling(port) as association:
        wait_until(lambda: not association.is_established)
    assert served(port)


def _begin_object(association: Any) -> None:
    """The command and half of the data set."""
    dataset = picture()
    request = C_STORE()
    request.MessageID = 1
    request.AffectedSOPClassUID = dataset.SOPClassUID
    request.AffectedSOPInstanceUID = dataset.SOPInstanceUID
    request.Priority = 2
    request.DataSet = BytesIO(bytes(1000))
    message = C_STORE_RQ()
    message.primitive_to_message(request)
    (context,) = association.accepted_contexts
    for part in message.encode_msg(context.context_id, 16_382):
        ((_, data),) = part.presentation_data_value_list
        last = not data[0] & 1
        _send_fragment(association, (b"\x00" + data[1:]) if last else data)


def _send_fragment(association: Any, data: bytes) -> None:
    (context,) = association.accepted_contexts
    part: Any = P_DATA()
    part.presentation_data_value_list = [[context.context_id, data]]
    association.dul.send_pdu(part)


def test_threads_end_with_their_associations(port: int) -> None:
    assert served(port)
    wait_until(lambda: not [t for t in threading.enumerate() if "Acceptor" in t.name])
