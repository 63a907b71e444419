"""Conditions of attribute matching (PS3.4 section C.2.2.2), one maker a kind."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import CharField, Lookup, Q

from webapp.dicomweb.answers import Refused
from webapp.dicomweb.sandbox.accepted import UID_PATTERN

MOST_WILDCARDS = 8
MOST_VALUES = 500
_DATE = re.compile(r"\d{8}")
_TIME = re.compile(r"\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?")


@CharField.register_lookup
class Like(Lookup):
    """SQL's LIKE as it stands, with a backslash to escape."""

    lookup_name = "like"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_values = self.process_lhs(compiler, connection)
        return f"UPPER({left}) LIKE UPPER(%s) ESCAPE '\\'", (*left_values, self.rhs)


def text(path: str, value: str) -> Q:
    """Single value or wildcard matching, capitals and small letters alike."""
    _refuse_wide(value)
    if not set(value) & set("*?"):
        return Q(**{path: value})
    if not value.strip("*"):
        return Q()
    return Q(**{f"{path}__like": _pattern(value)})


def texts(path: str, value: str) -> Q:
    """One of several texts with commas or backslashes between."""
    found = Q()
    for part in re.split(r"[,\\]", value):
        found |= text(path, part)
    return found


def name(path: str, value: str) -> Q:
    """A person's name: any of its groups, wherever it does not say which."""
    _refuse_wide(value)
    if not value.strip("*"):
        return Q()
    pattern = _pattern(value)
    found = Q(**{f"{path}__like": pattern})
    if "=" not in value:
        found |= Q(**{f"{path}__like": f"{pattern}=%"})
        found |= Q(**{f"{path}__like": f"%={pattern}"})
        found |= Q(**{f"{path}__like": f"%={pattern}=%"})
    return found


def uid(path: str, value: str) -> Q:
    """One UID or several.

    Raises:
        Refused: 400, one is not a UID; 413, too many.
    """
    uids = re.split(r"[,\\]", value)
    if len(uids) > MOST_VALUES:
        raise Refused(413, f"A search may name {MOST_VALUES} UIDs at most.")
    if not all(UID_PATTERN.fullmatch(each) and len(each) <= 64 for each in uids):
        raise Refused(400, "A UID of the search is not one.")
    return Q(**{f"{path}__in": uids})


def number(path: str, value: str) -> Q:
    """A whole number."""
    if not re.fullmatch(r"[+-]?\d{1,9}", value):
        raise Refused(400, "A number of the search is not one.")
    return Q(**{path: int(value)})


def member(path: str, value: str) -> Q:
    """One of the texts in a list that is kept as JSON."""
    if set(value) & set('*?"\\'):
        raise Refused(400, "A specimen is searched for by its whole identifier.")
    return Q(**{f"{path}__icontains": f'"{value}"'})


def date(path: str, value: str) -> Q:
    """A day or a range of days."""
    first, last = _range(value, _DATE, "date")
    return _between(path, first, last)


def time(path: str, value: str) -> Q:
    """A time or a range; "10" is the whole hour."""
    first, last = _range(value, _TIME, "time")
    return _between(path, first, last and last + "~")


def _range(value: str, form: re.Pattern[str], what: str) -> tuple[str, str]:
    first, dash, last = value.partition("-")
    last = last if dash else first
    is_empty = not first and not last
    if is_empty or not all(form.fullmatch(end) for end in (first, last) if end):
        raise Refused(400, f"A {what} of the search is not one.")
    return first, last


def _between(path: str, first: str, last: str) -> Q:
    found = ~Q(**{path: ""})
    if first:
        found &= Q(**{f"{path}__gte": first})
    if last:
        found &= Q(**{f"{path}__lte": last})
    return found


def _pattern(value: str) -> str:
    for special in ("\\", "%", "_"):
        value = value.replace(special, f"\\{special}")
    return re.sub(r"\*+", "%", value).replace("?", "_")


def _refuse_wide(value: str) -> None:
    if value.count("*") > MOST_WILDCARDS or len(value) > 256:
        raise Refused(400, f"A text may hold {MOST_WILDCARDS} asterisks at most.")
