"""Media types as clients write them (RFC 9110, and what they really send)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_PARAMETER = re.compile(r';\s*([\w-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;,\s]*)')


class MediaType(NamedTuple):
    """A media type with its parameters; names in lower case."""

    name: str
    parameters: dict[str, str]

    @property
    def quality(self) -> float:
        """How much it is wished for, 0 to 1."""
        try:
            return float(self.parameters.get("q", 1))
        except ValueError:
            return 0.0

    @property
    def inner(self) -> str:
        """What it holds: the `type` of a multipart, else itself; "*/*" for any."""
        if self.name != "multipart/related":
            return self.name
        return self.parameters.get("type", "*/*").lower() or "*/*"

    @property
    def is_multipart(self) -> bool:
        return self.name == "multipart/related"

    @property
    def syntax(self) -> str:
        """The transfer syntax asked for, or nothing."""
        return self.parameters.get("transfer-syntax", "")


def parse_media(text: str) -> MediaType:
    """One media type; quotes around parameters may be there or not."""
    name = text.partition(";")[0].strip().lower()
    found = {
        key.lower(): re.sub(r"\\(.)", r"\1", value[1:-1])
        if value.startswith('"')
        else value
        for key, value in _PARAMETER.findall(text)
    }
    return MediaType(name, found)


@lru_cache(256)
def parse_accept(text: str) -> tuple[MediaType, ...]:
    """What is asked for, most wished for first; nothing stands for anything."""
    parts = re.findall(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+', text)
    types = [parse_media(part) for part in parts if part.strip()]
    wished = [each for each in types if each.quality > 0]
    wished = wished or [parse_media("*/*")]
    return tuple(sorted(wished, key=lambda each: -each.quality))
