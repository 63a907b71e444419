"""`Forwarded` of RFC 7239 is believed as far as proxies of ours wrote it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from webapp.api.forwarded import Forwarded, parse, translated

Headers = dict[str, str]
PROXY = 'for=192.0.2.7;host="pacs.example:444";proto=https'


def told(settings: Settings, proxies: int, **headers: str) -> Headers:
    """What the site hears of these headers, with so many proxies of ours."""
    settings.PROXY_COUNT = proxies
    given = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
    return {name.decode(): value.decode() for name, value in translated(given)}


def test_it_says_host_scheme_and_client(settings: Settings) -> None:
    heard = told(settings, 1, host="inner:8000", forwarded=PROXY)
    assert heard["x-forwarded-host"] == "pacs.example:444"
    assert heard["x-forwarded-proto"] == "https"
    assert heard["x-forwarded-for"] == "192.0.2.7"
    assert heard["host"] == "inner:8000"


@pytest.mark.parametrize(
    "forged",
    [
        "for=6.6.6.6;host=evil.example;proto=http",
        'for="',
        'for="6.6.6.6, for=7.7.7.7',
        "evil",
        ",,",
    ],
)
def test_what_a_client_wrote_before_the_proxies_is_not_believed(
    settings: Settings, forged: str
) -> None:
    one = told(settings, 1, forwarded=f"{forged}, {PROXY}")
    two = told(settings, 2, forwarded=f"{forged}, {PROXY}, for=10.0.0.2;host=inner")
    assert one["x-forwarded-for"] == "192.0.2.7"
    assert two["x-forwarded-for"] == "192.0.2.7,10.0.0.2"
    for heard in (one, two):
        assert heard["x-forwarded-host"] == "pacs.example:444"
        assert heard["x-forwarded-proto"] == "https"


def test_the_older_headers_are_not_believed_beside_it(settings: Settings) -> None:
    heard = told(
        settings, 1, x_forwarded_host="evil.example", x_forwarded_for="6.6.6.6"
    )
    assert heard == {}
    heard = told(settings, 1, x_forwarded_host="evil.example", forwarded=PROXY)
    assert heard["x-forwarded-host"] == "pacs.example:444"


@pytest.mark.parametrize(
    ("node", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ('"192.0.2.7:4711"', "192.0.2.7"),
        ('"[2001:db8::7]"', "2001:db8::7"),
        ('"[2001:db8::7]:4711"', "2001:db8::7"),
        ("unknown", "unknown"),
        ("_hidden", "_hidden"),
    ],
)
def test_a_client_is_named_without_its_port(
    settings: Settings, node: str, address: str
) -> None:
    assert told(settings, 1, forwarded=f"for={node}")["x-forwarded-for"] == address


@pytest.mark.parametrize(
    "broken",
    [
        "for",
        "for=",
        "for=a b",
        "for=192.0.2.7:80",
        'for="192.0.2.7',
        "for=a;for=b",
        "host=a;HOST=b",
        "for==a",
        'for="a\\"',
        "f\u00fcr=a",
    ],
)
def test_a_broken_one_tells_nothing(broken: str) -> None:
    assert parse(broken) == {}
    assert parse(f"{PROXY};{broken}") == {}


def test_quotes_spaces_capitals_and_empty_parts_are_understood() -> None:
    found = parse(' For="a\\"b" ; ;PROTO=http ;')
    assert found == {"for": 'a"b', "proto": "http"}
    assert parse("") == {}


def test_sockets_hear_it_too_and_the_server_s_own_life_does_not(
    settings: Settings,
) -> None:
    settings.PROXY_COUNT = 1
    seen: list[Any] = []

    async def site(scope: dict[str, Any], receive: Any, send: Any) -> None:
        seen.append(scope.get("headers"))

    headers = [(b"forwarded", PROXY.encode())]
    for kind in ({"type": "websocket", "headers": headers}, {"type": "lifespan"}):
        asyncio.run(Forwarded(site)(kind, None, None))
    assert (b"x-forwarded-host", b"pacs.example:444") in seen[0]
    assert seen[1] is None
