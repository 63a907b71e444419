"""Which tile a URL means: `/tiles/<address>/<z>/<x>_<y>.jpg?frame=<n>`.

One tile has one path; what only looks like it, such as `01_2.jpg`, is none.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import parse_qsl

ROOT = "/tiles/"
_LONGEST_NUMBER = 7
_LONGEST_QUERY = 512


class Place(NamedTuple):
    """A tile of the viewer's grid, as asked for."""

    address: str
    z: int
    x: int
    y: int


def read_place(path: str) -> Place | None:
    """The tile that a path names, or None where it names none."""
    parts = path.split("/")
    if len(parts) != 5 or parts[0] or parts[1] != "tiles":
        return None
    name = parts[4]
    x, between, y = name[:-4].partition("_")
    if not between or not name.endswith(".jpg"):
        return None
    if not (_is_number(parts[3]) and _is_number(x) and _is_number(y)):
        return None
    return Place(parts[2], int(parts[3]), int(x), int(y))


def read_query(query: bytes) -> dict[str, str]:
    """The fields of a query string; none of one that is malformed or overlong."""
    if not query or len(query) > _LONGEST_QUERY:
        return {}
    try:
        return dict(parse_qsl(query.decode("ascii"), max_num_fields=8))
    except ValueError:
        return {}


def read_frame(text: str) -> int | None:
    """A frame's number, or None where the text is not one."""
    return int(text) if _is_number(text) else None


def _is_number(text: str) -> bool:
    plain = text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
    return plain and (text[0] != "0" or len(text) == 1)
