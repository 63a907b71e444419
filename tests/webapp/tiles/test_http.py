"""What HTTP asks of a tile: entity tags, HEAD, caching, and odd paths."""

from __future__ import annotations

import pytest

from tests.webapp.tiles.conftest import Asker, ask


def test_a_tile_may_be_kept_by_the_browser_alone(viewer: Asker) -> None:
    kept = viewer.get("3/1_1.jpg").headers["cache-control"]
    assert {"private", "immutable"} <= set(kept.split(", "))


def test_a_tile_that_the_browser_has_is_not_sent_again(viewer: Asker) -> None:
    tag = viewer.get("3/1_1.jpg").headers["etag"]
    reply = viewer.get("3/1_1.jpg", if_none_match=f'"other", {tag}')
    assert (reply.status, reply.body) == (304, b"")
    assert reply.headers["etag"] == tag
    assert "immutable" in reply.headers["cache-control"]


def test_each_tile_has_a_strong_tag_of_its_own(viewer: Asker) -> None:
    tiles = ("3/1_1.jpg", "3/1_2.jpg", "3/2_1.jpg", "1/1_1.jpg")
    tags = [viewer.get(tile).headers["etag"] for tile in tiles]
    assert len(set(tags)) == 4
    assert all(tag[0] == tag[-1] == '"' for tag in tags)


def test_the_tag_outlives_a_renewed_lease(viewer: Asker) -> None:
    first = viewer.get("3/1_1.jpg").headers["etag"]
    longer = Asker(viewer.application, viewer.grant, viewer.grant.lease(2**31))
    assert longer.get("3/1_1.jpg", if_none_match=first).status == 304


def test_an_ended_lease_gets_no_304(viewer: Asker) -> None:
    tag = viewer.get("3/1_1.jpg").headers["etag"]
    ended = Asker(viewer.application, viewer.grant, viewer.grant.lease(1))
    assert ended.get("3/1_1.jpg", if_none_match=tag).status == 401


@pytest.mark.parametrize("tile", ["3/1_1.jpg", "2/1_1.jpg", "9/1_1.jpg"])
def test_head_says_the_same_without_a_body(viewer: Asker, tile: str) -> None:
    whole, head = viewer.get(tile), viewer.get(tile, method="HEAD")
    assert (head.status, head.headers, head.body) == (whole.status, whole.headers, b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"])
def test_tiles_can_only_be_read(viewer: Asker, method: str) -> None:
    reply = viewer.get("3/1_1.jpg", method=method)
    assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "tile",
    ["4/0_0.jpg", "3/8_0.jpg", "3/0_6.jpg", "9999999/0_0.jpg", "3/9999999_0.jpg"],
)
def test_a_tile_outside_the_grid_is_not_found(viewer: Asker, tile: str) -> None:
    assert viewer.get(tile).status == 404, "before the slide is open"
    viewer.get("3/0_0.jpg")
    assert viewer.get(tile).status == 404, "and when it is"


NASTY = [
    "",
    "/",
    "3",
    "3/",
    "3/0_0",
    "3/0_0.png",
    "3/0_0.jpg/",
    "3/0_0.jpg/..",
    "3/0_0.jpg.jpg",
    "3/0-0.jpg",
    "3/_.jpg",
    "3/_0.jpg",
    "3/0_.jpg",
    "3/0_0_0.jpg",
    "3/00_0.jpg",
    "03/0_0.jpg",
    "+3/0_0.jpg",
    "-1/0_0.jpg",
    "3/-1_0.jpg",
    "3/ 0_0.jpg",
    "3/1e3_0.jpg",
    "3/0x1_0.jpg",
    "3/1.0_0.jpg",
    "3/²_0.jpg",
    "3/١_0.jpg",  # noqa: RUF001 - a digit, but not one of ours
    "3/𝟙_0.jpg",  # noqa: RUF001
    "3/0_0.jpg\x00",
    "3/\x00_0.jpg",
    "../3/0_0.jpg",
    "3/../../../etc/passwd",
    "//3/0_0.jpg",
    "3//0_0.jpg",
    "3/" + "9" * 5000 + "_0.jpg",
    "3/0_" + "0" * 70000 + ".jpg",
    "\ud800/0_0.jpg",
    "{z}/{x}_{y}.jpg",
]


@pytest.mark.parametrize("tile", NASTY, ids=lambda tile: ascii(tile)[:24])
def test_a_nasty_path_is_not_found(viewer: Asker, tile: str) -> None:
    assert viewer.get(tile).status == 404


@pytest.mark.parametrize(
    "query",
    [
        "frame=-1",
        "frame=x",
        "frame=1",
        "frame=99999999999999999999",
        "frame=%00",
        "&".join("a=1" for _ in range(99)) + "&frame=1",
        "\xff\xfe=1",
        "frame=" + "1" * 9999,
        "=&=&;;&%",
        "lease",
    ],
    ids=lambda query: ascii(query)[:24],
)
def test_a_nasty_query_is_no_error_of_the_server(viewer: Asker, query: str) -> None:
    assert viewer.get(f"3/0_0.jpg?{query}").status in (200, 401, 404)


@pytest.mark.parametrize(
    "address", ["", "x", "=" * 68, "A" * 67, "A" * 66, "é" * 67, "A" * 70000, "%2e%2e"]
)
def test_a_nasty_address_is_refused(viewer: Asker, address: str) -> None:
    path = f"/tiles/{address}/3/0_0.jpg"
    assert ask(viewer.application, path, headers={"cookie": "x"}).status == 401


@pytest.mark.parametrize(
    "cookie", ["", "tile_lease", "tile_lease=", "tile_lease=é", "x" * 9999, ";;=;="]
)
def test_a_nasty_cookie_is_refused(viewer: Asker, cookie: str) -> None:
    assert viewer.get("3/0_0.jpg", cookie=cookie).status == 401
