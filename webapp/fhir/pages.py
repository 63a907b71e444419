"""Pages of a search: rows of one or two kinds, the newest first, cut by a cursor.

A cursor names the last row that was sent, so that new rows shift nothing.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from webapp.fhir.parameters import refused

Key = tuple[datetime, Any, int]
"""When it came to be, its row or its question's, and its number within that."""


@dataclass(frozen=True)
class Kind:
    """Rows of one kind, which have `at`."""

    rows: QuerySet[Any]
    show: Callable[[Any], dict[str, Any]]
    key: str = "pk"
    number: str = ""
    """The column that orders those of the same key; empty where there is one of each,
    which counts as 0."""

    def key_of(self, row: Any) -> Key:
        number = getattr(row, self.number) if self.number else 0
        return row.at, getattr(row, self.key), number

    def after(self, last: Key | None, count: int) -> list[Any]:
        """The next rows."""
        order = ["-at", f"-{self.key}", *([self.number] if self.number else [])]
        rows = self.rows.order_by(*order)
        if last is not None:
            rows = rows.filter(self._is_after(last))
        return list(rows[:count])

    def _is_after(self, last: Key) -> Q:
        at, key, number = last
        found = Q(at__lt=at) | Q(at=at, **{f"{self.key}__lt": key})
        if self.number:
            same = {self.key: key, f"{self.number}__gt": number}
            found |= Q(at=at, **same)
        return found


@dataclass(frozen=True)
class Page:
    """Some resources, and where the next ones begin."""

    resources: list[dict[str, Any]]
    following: str


def page_of(kinds: list[Kind], cursor: str, count: int) -> Page:
    """At most `count` of them.

    Raises:
        DragonflyError: SEARCH_INVALID, of a cursor that nobody gave out.
    """
    last = read_cursor(cursor) if cursor else None
    found = [(k.key_of(row), k, row) for k in kinds for row in k.after(last, count + 1)]
    # Each order is stable: by number, within that by key, within that by time.
    found.sort(key=lambda one: one[0][2])
    found.sort(key=lambda one: one[0][:2], reverse=True)
    shown = found[:count]
    more = shown and len(found) > count
    resources = [kind.show(row) for _, kind, row in shown]
    return Page(resources, write_cursor(shown[-1][0]) if more else "")


def write_cursor(key: Key) -> str:
    at, name, number = key
    text = json.dumps([at.isoformat(), str(name), number])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str) -> Key:
    """The key that was written."""
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        at, name, number = json.loads(plain)
        begun = datetime.fromisoformat(at)
        if begun.tzinfo is None or not isinstance(number, int) or abs(number) > 2**31:
            raise ValueError(text)
        return begun, int(name) if len(name) < 20 else uuid.UUID(name), number
    except (ValueError, TypeError):
        raise refused("_page", "Use the address of next as it is.") from None
