"""Outside examples: previewed, errors by row, added whole or not at all."""

from __future__ import annotations

import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.test import Client

from tests.webapp.factories import make_slide
from webapp.accounts.models import User
from webapp.reviews.models import Example
from webapp.reviews.services.parting import Parts, slide_key
from webapp.slides.models import Slide

pytestmark = pytest.mark.django_db


@pytest.fixture
def slide(root: User) -> Slide:
    return make_slide(root, digest="known")


ROW = {
    "slide": "known",
    "region": [10, 20, 100, 50],
    "question": "Which tissue?",
    "answer": "Liver.",
    "licence": "CC BY 4.0",
    "source": "atlas",
}


def lines(*rows: Any) -> bytes:
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


def send(client: Client, content: bytes, kind: str = "jsonl", query: str = "") -> Any:
    return client.post(
        f"/api/v1/examples/import?file_format={kind}{query}",
        content,
        content_type="application/octet-stream",
    )


def test_a_preview_adds_nothing(as_root: Client, slide: Slide) -> None:
    body = send(as_root, lines(ROW)).json()
    assert (body["good"], body["added"], body["refused"]) == (1, 0, [])
    assert body["preview"][0]["region"] == {
        "x": 10,
        "y": 20,
        "width": 100,
        "height": 50,
    }
    assert not Example.objects.exists()


def test_what_is_added_keeps_where_it_comes_from(as_root: Client, slide: Slide) -> None:
    assert send(as_root, lines(ROW), query="&add=true").json()["added"] == 1
    example = Example.objects.get()
    assert (example.origin, example.licence) == ("atlas", "CC BY 4.0")
    assert (example.slide, example.source) == (slide, "import")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"slide": "another"}, "SLIDE_UNKNOWN"),
        ({"region": [0, 0, 0, 5]}, "ROW_INVALID"),
        ({"region": [9000, 0, 5, 5]}, "REGION_OUTSIDE"),
        ({"question": " "}, "ROW_INVALID"),
        ({"answer": 7}, "ROW_INVALID"),
        ({"answer": "x" * 4001}, "ROW_INVALID"),
        ({"part": "exam"}, "ROW_INVALID"),
    ],
)
def test_each_error_names_its_row(
    as_root: Client, slide: Slide, changes: dict[str, Any], code: str
) -> None:
    body = send(as_root, lines(ROW, ROW | changes)).json()
    assert [(e["row"], e["code"]) for e in body["refused"]] == [(2, code)]


def test_one_error_keeps_all_out_unless_it_is_skipped(
    as_root: Client, slide: Slide
) -> None:
    content = lines(ROW) + b"{broken\n"
    refused = send(as_root, content, query="&add=true")
    assert refused.json()["code"] == "IMPORT_HAS_ERRORS"
    assert not Example.objects.exists()
    added = send(as_root, content, query="&add=true&skip_errors=true").json()
    assert (added["added"], added["refused"][0]["row"]) == (1, 2)


def test_a_row_without_a_region_is_about_the_whole_slide(
    as_root: Client, slide: Slide
) -> None:
    row = {name: value for name, value in ROW.items() if name != "region"}
    told = send(as_root, lines(row)).json()
    assert told["preview"][0]["region"] == {
        "x": 0,
        "y": 0,
        "width": slide.width,
        "height": slide.height,
    }


def test_what_is_there_already_is_not_added_again(
    as_root: Client, slide: Slide
) -> None:
    send(as_root, lines(ROW), query="&add=true")
    near = ROW | {"region": [12, 20, 100, 50], "answer": "Kidney."}
    body = send(as_root, lines(ROW, near), query="&add=true").json()
    assert (body["duplicates"], body["near_duplicates"]) == ([1], [2])
    assert Example.objects.count() == 2


def test_parquet(as_root: Client, slide: Slide) -> None:
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([ROW]), file)
    assert send(as_root, file.getvalue(), "parquet").json()["good"] == 1


def test_regions_drawn_elsewhere(as_root: Client, slide: Slide) -> None:
    feature = {
        "type": "Feature",
        "geometry": {
            "type": "Polygon",
            "coordinates": [[[10, 20], [110, 20], [60, 70], [10, 20]]],
        },
        "properties": {k: v for k, v in ROW.items() if k != "region"},
    }
    body = {"type": "FeatureCollection", "features": [feature, {"geometry": None}]}
    told = send(as_root, json.dumps(body).encode(), "geojson").json()
    assert told["preview"][0]["region"] == {
        "x": 10,
        "y": 20,
        "width": 100,
        "height": 50,
    }
    assert [error["row"] for error in told["refused"]] == [2]


@pytest.mark.parametrize("kind", ["parquet", "geojson", "pickle"])
def test_a_file_of_another_kind_is_refused(
    as_root: Client, slide: Slide, kind: str
) -> None:
    assert send(as_root, b"\x80\x04junk", kind).json()["code"] == "IMPORT_UNREADABLE"


def test_a_part_that_is_given_stays(as_root: Client, slide: Slide) -> None:
    send(as_root, lines(ROW | {"part": "test"}), query="&add=true")
    assert Parts().of([slide_key("known")]) == "test"
    moved = send(as_root, lines(ROW | {"part": "train", "answer": "Lung."})).json()
    assert moved["refused"][0]["code"] == "PART_CONFLICT"


def test_only_administrators_import(as_alice: Client) -> None:
    assert send(as_alice, lines(ROW)).status_code == 403
