"""`Query`: the parameters of one search, understood or refused (PS3.18 8.3.4)."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Q
from django.http import QueryDict

from webapp.dicomweb.answers import Refused
from webapp.dicomweb.attributes import tag_of
from webapp.dicomweb.search.keys import condition, keyword_of

LIMIT, MOST = 100, 1000
_FURTHEST = 2**31
_UNSUPPORTED = {
    "fuzzymatching": "The fuzzymatching parameter is not supported. "
    "Only literal matching has been performed.",
    "emptyvaluematching": "The emptyvaluematching parameter is not supported. "
    "Only literal matching has been performed.",
    "multiplevaluematching": "The multiplevaluematching parameter is not supported. "
    "Only literal matching has been performed.",
}


@dataclass
class Query:
    """Conditions on rows, the page asked for, and attributes to include."""

    where: list[Q] = field(default_factory=list)
    limit: int = LIMIT
    offset: int = 0
    include: set[str] = field(default_factory=set)
    includes_all: bool = False
    warnings: list[str] = field(default_factory=list)


def parse_query(level: int, given: QueryDict) -> Query:
    """Understand the parameters of a search for rows of `level`.

    Raises:
        Refused: 400.
    """
    query = Query()
    for name, values in given.lists():
        if name == "includefield":
            _include(query, values)
            continue
        if len(values) > 1:
            raise Refused(400, "A query parameter is there more than once.")
        if "\0" in values[0]:
            raise Refused(400, "A query parameter holds a zero, which no text may.")
        _take(query, level, name, values[0])
    return query


def _take(query: Query, level: int, name: str, value: str) -> None:
    if name == "limit":
        query.limit = min(_whole(name, value), MOST)
    elif name == "offset":
        query.offset = _whole(name, value)
    elif name in _UNSUPPORTED:
        _flag(query, name, value)
    elif name != "accept":
        _match(query, level, name, value)


def _match(query: Query, level: int, name: str, value: str) -> None:
    keyword = keyword_of(name)
    if not value:
        # Universal matching: it only asks for the attribute.
        _include(query, [name])
        return
    found = condition(level, keyword, value)
    if found is None:
        query.warnings.append(f"{keyword} cannot be matched and was left out.")
    else:
        query.where.append(found)
        _include(query, [name])


def _include(query: Query, values: list[str]) -> None:
    for name in ",".join(values).split(","):
        if name == "all":
            query.includes_all = True
        elif name:
            first = keyword_of(name).partition(".")[0]
            query.include.add(first if first.isdigit() else _tag(first))


def _tag(keyword: str) -> str:
    try:
        return tag_of(keyword)
    except KeyError:
        return keyword


def _flag(query: Query, name: str, value: str) -> None:
    if value not in ("true", "false"):
        raise Refused(400, f"{name} is true or false.")
    if value == "true":
        query.warnings.append(_UNSUPPORTED[name])


def _whole(name: str, value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        if value.isascii() and value.isdigit() and name == "offset":
            return _FURTHEST
        raise Refused(400, f"{name} is a whole number from 0.")
    return int(value)
