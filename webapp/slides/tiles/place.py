"""Which tile a URL means: `/tiles/<address>/<z>/<x>_<y>.jpg?frame=<n>`.

One tile has one path; what only looks like it, such as `01_2.jpg`, is none.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qsl

ROOT = "/tiles/"
_NUMBER = "(0|[1-9][0-9]{0,6})"
_IS_NUMBER = re.compile(_NUMBER).fullmatch
_IS_PLACE = re.compile(
    rf"{ROOT}([^/]*)/{_NUMBER}/{_NUMBER}_{_NUMBER}\.jpg", re.DOTALL
).fullmatch
_LONGEST_QUERY = 512


class Place(NamedTuple):
    """A tile of the viewer's grid, as asked for."""

    address: str
    z: int
    x: int
    y: int


def read_place(path: str) -> Place | None:
    """The tile that a path names, or None where it names none."""
    found = _IS_PLACE(path)
    if found is None:
        return None
    address, z, x, y = found.groups()
    return Place(address, int(z), int(x), int(y))


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
    return int(text) if _IS_NUMBER(text) else None
