"""An ICC profile that nobody can overlook: it exchanges red and blue.

Long enough to be told as bulk data, as the profiles of scanners are.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

# Primaries of sRGB adapted to D50, as s15Fixed16 (ICC.1:2010, sections 8.3 and 10).
RED, GREEN, BLUE = (
    (0.4361, 0.2225, 0.0139),
    (0.3851, 0.7169, 0.0971),
    (0.1431, 0.0606, 0.7141),
)
WHITE = (0.9642, 1.0, 0.8249)
LONG = 6000


def exchanging_profile() -> bytes:
    """A matrix profile (ICC.1:2010) whose red primary is blue, and the reverse."""
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(2.2 * 256)) + bytes(2)
    tags = {
        b"desc": _described("exchanged"),
        b"cprt": b"text" + bytes(4) + b"none\0".ljust(LONG, b"\0"),
        b"wtpt": _xyz(WHITE),
        **{b"rXYZ": _xyz(BLUE), b"gXYZ": _xyz(GREEN), b"bXYZ": _xyz(RED)},
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    }
    table, body = _laid_out(tags)
    head = struct.pack(">I4sI4s4s4s", 0, b"none", 0x02100000, b"scnr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    head += _numbers(WHITE) + bytes(48)
    whole = head + table + body
    return struct.pack(">I", len(whole)) + whole[4:]


def _laid_out(tags: Mapping[bytes, bytes]) -> tuple[bytes, bytes]:
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        table += name + struct.pack(">II", start + len(body), len(value))
        body += value + bytes(-len(value) % 4)
    return table, body


def _described(text: str) -> bytes:
    said = text.encode() + b"\0"
    return b"desc" + bytes(4) + struct.pack(">I", len(said)) + said + bytes(78)


def _xyz(point: tuple[float, float, float]) -> bytes:
    return b"XYZ " + bytes(4) + _numbers(point)


def _numbers(point: tuple[float, float, float]) -> bytes:
    return struct.pack(">3i", *(round(part * 65536) for part in point))
