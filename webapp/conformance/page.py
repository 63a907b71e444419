"""The page: statement.md with the tables and numbers of the code set in."""

from __future__ import annotations

import re
from pathlib import Path

from pynetdicom import PYNETDICOM_IMPLEMENTATION_UID, PYNETDICOM_IMPLEMENTATION_VERSION

from webapp.conformance import tables
from webapp.conformance.defaults import read_defaults, said_bytes
from webapp.dicomweb.sandbox import fence
from webapp.dimse import bounds, server

TEXT = Path(__file__).with_name("statement.md")
_PLACE = re.compile(r"\{\{ (\w+) \}\}")


def written_page() -> str:
    """The whole page.

    Raises:
        KeyError: the text names something that is not known.
    """
    known = values()
    text = TEXT.read_text(encoding="utf-8")
    return _PLACE.sub(lambda found: known[found[1]], text)


def values() -> dict[str, str]:
    """What the text may name."""
    numbers = read_defaults()
    plain = {
        name: said_bytes(value)
        if name.endswith("_BYTES") and isinstance(value, int)
        else str(value)
        for name, value in numbers.items()
    }
    made = {
        name: getattr(tables, name)()
        for name in (
            "dimse_roles",
            "find_keys",
            "made_objects",
            "search_keys",
            "statuses",
            "statuses_read",
            "storage_classes",
            "transfer_syntaxes",
            "web_resources",
            "workitem_keys",
        )
    }
    return plain | made | _bounds()


def _bounds() -> dict[str, str]:
    """Limits that are no settings."""
    return {
        "implementation_uid": str(PYNETDICOM_IMPLEMENTATION_UID),
        "implementation_version": PYNETDICOM_IMPLEMENTATION_VERSION,
        "largest_pdu": str(bounds.LARGEST_PDU),
        "most_pdu": said_bytes(bounds.MOST_PDU_BYTES),
        "request_seconds": str(server.REQUEST_SECONDS),
        "handshake_seconds": f"{server.HANDSHAKE_SECONDS:g}",
        "sandbox_memory": said_bytes(fence.MEMORY_BYTES),
        "sandbox_cpu": str(fence.CPU_S),
        "sandbox_wall": str(fence.WALL_S),
    }
