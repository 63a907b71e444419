"""What a search names: dates with prefixes, tokens, lists, and what nobody knows here.

FHIR R4, 3.1.1: https://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q
from django.utils.datastructures import MultiValueDict

from dragonfly.errors import DragonflyError

PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb")
DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?"
    r"(Z|[+-]\d\d:\d\d)?)?)?)?"
)
MOST_VALUES = 100
NUMBER = re.compile(r"[0-9]{1,6}")


def refused(name: str, why: str) -> DragonflyError:
    """A search that cannot be made."""
    return DragonflyError("SEARCH_INVALID", f"{name}: {why}")


class Parameters:
    """The parameters of one search; each that is asked for counts as known.

    Raises:
        DragonflyError: SEARCH_INVALID, where one is asked for that makes no sense.
    """

    def __init__(self, sent: MultiValueDict[str, str]) -> None:
        self._sent = {name: sent.getlist(name) for name in sent}
        self._known: set[str] = set()
        for name, values in self._sent.items():
            if any("\0" in text for text in (name, *values)):
                raise refused("search", "Null characters are not allowed.")

    def values(self, *names: str) -> list[list[str]]:
        """Of each time that one of the names was given, the values between commas."""
        found = []
        for name in names:
            if name in self._sent:
                self._known.add(name)
                found += [text.split(",") for text in self._sent[name] if text]
        if sum(map(len, found)) > MOST_VALUES:
            raise refused(names[0], f"At most {MOST_VALUES} values are taken.")
        return found

    def one(self, name: str) -> str:
        """The last value as it is; empty if there is none."""
        if name in self._sent:
            self._known.add(name)
        return (self._sent.get(name) or [""])[-1]

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number; more than `most` is that."""
        text = self.one(name)
        if text and not NUMBER.fullmatch(text):
            raise refused(name, "This is a whole number, such as 20.")
        return min(int(text), most) if text else default

    @property
    def unknown(self) -> list[str]:
        """Those that nobody asked for."""
        return sorted(set(self._sent) - self._known)

    def known(self) -> list[tuple[str, str]]:
        """Those that were used, as they came."""
        pairs = ((name, one) for name in self._sent for one in self._sent[name])
        return [(name, one) for name, one in pairs if name in self._known]


@dataclass(frozen=True)
class Span:
    """A date of a search: what it is compared by, and from when until when it lasts."""

    prefix: str
    low: datetime
    high: datetime
    """The first moment after it."""

    def condition(self, field: str) -> Q:
        """On a moment of a row."""
        return self._condition(field, self.low, self.high)

    def condition_on_day(self, field: str) -> Q:
        """On a day of a row that is written as DICOM does; without one nothing fits."""
        last = (self.high - timedelta(microseconds=1)).date() + timedelta(days=1)
        first, after = f"{self.low:%Y%m%d}", f"{last:%Y%m%d}"
        return self._condition(field, first, after) & ~Q(**{field: ""})

    def _condition(self, field: str, low: object, high: object) -> Q:
        inside = Q(**{f"{field}__gte": low, f"{field}__lt": high})
        after, before = Q(**{f"{field}__gte": high}), Q(**{f"{field}__lt": low})
        return {
            "eq": inside,
            "ne": ~inside,
            "gt": after,
            "sa": after,
            "lt": before,
            "eb": before,
            "ge": inside | after,
            "le": inside | before,
        }[self.prefix]


def span_of(name: str, text: str) -> Span:
    """Such as "2026-01" or "lt2026-01-31T12:00:00Z"; without a zone it is UTC."""
    prefix = text[:2] if text[:2] in PREFIXES else ""
    found = DATE.fullmatch(text.removeprefix(prefix))
    try:
        if found is None:
            raise ValueError(text)
        low = _begin(found)
        return Span(prefix or "eq", low, low + _length(found, low))
    except (ValueError, OverflowError):
        why = "Write a date such as 2026-01-31, or ge2026-01-31T12:00:00Z."
        raise refused(name, why) from None


def _begin(found: re.Match[str]) -> datetime:
    *parts, zone = found.groups()
    year, month, day, hour, minute, second = (int(part or 0) for part in parts)
    begin = datetime(year, month or 1, day or 1, hour, minute, second, tzinfo=UTC)
    if zone in (None, "Z"):
        return begin
    return begin.replace(tzinfo=datetime.strptime(zone, "%z").tzinfo).astimezone(UTC)


def _length(found: re.Match[str], low: datetime) -> timedelta:
    _, month, day, hour, _, second, _ = found.groups()
    if hour is not None:
        return timedelta(seconds=1) if second else timedelta(minutes=1)
    if day is not None:
        return timedelta(days=1)
    if month is not None:
        return timedelta(days=monthrange(low.year, low.month)[1])
    return datetime(low.year + 1, 1, 1, tzinfo=UTC) - low


def moments(params: Parameters, name: str) -> list[list[Span]]:
    """Each time that the name was given, what may fit."""
    return [[span_of(name, text) for text in any_of] for any_of in params.values(name)]


def token_of(text: str) -> tuple[str | None, str]:
    """System and code of "system|code"; without a bar any system fits."""
    system, bar, code = text.rpartition("|")
    return (system, code) if bar else (None, text)
