"""Examples from outside: read, checked row by row, previewed, then added.

Each row names a slide of this site by digest. What cannot be used is an error with its
row's number; nothing is added while there are errors, unless they are to be skipped.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from dragonfly.errors import DragonflyError
from dragonfly.geometry import Region
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.reviews.models import Example, Part
from webapp.reviews.services.examples import add_example, find_twin, fingerprint
from webapp.reviews.services.parting import Parts, slide_key
from webapp.reviews.services.reviewing import clipped
from webapp.slides.models import Slide

MOST_ROWS = 100_000
MOST_CHARACTERS = 4000
PREVIEWED = 20
ALL = Region(0, 0, 2**31, 2**31)
"""More than any slide is; clipped, the whole of one."""
Fields = dict[str, Any]


@dataclass(frozen=True)
class RowError:
    """Why one row cannot be used; rows are counted from 1."""

    row: int
    code: str
    message: str


@dataclass(frozen=True)
class ImportRow:
    """One row that can be added."""

    slide: Slide
    region: Region
    question: str
    answer: str
    origin: str
    licence: str
    part: str


@dataclass
class Import:
    """What a file holds: rows to add, errors by row, and what is there already."""

    rows: list[ImportRow] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    duplicates: list[int] = field(default_factory=list)
    near_duplicates: list[int] = field(default_factory=list)


def preview_import(content: bytes, file_format: str, user: User) -> Import:
    """Read a file and check each row; changes nothing.

    Raises:
        DragonflyError: IMPORT_UNREADABLE or IMPORT_TOO_LONG.
    """
    checked, seen, parts = Import(), set[str](), Parts()
    for number, row in enumerate(read(content, file_format), start=1):
        if number > MOST_ROWS:
            raise DragonflyError(
                "IMPORT_TOO_LONG", f"The file has more than {MOST_ROWS} rows. Split it."
            )
        try:
            take(checked, number, checked_row(row, user, parts), seen)
        except DragonflyError as error:
            checked.errors.append(RowError(number, error.code, error.message))
    return checked


def take(checked: Import, number: int, row: ImportRow, seen: set[str]) -> None:
    """Put a good row where it belongs."""
    mark = fingerprint(row.slide.digest, row.region, row.question, row.answer)
    twin = find_twin(row.slide.digest, row.region, row.question, row.answer)
    if mark in seen or (twin and twin.is_same):
        checked.duplicates.append(number)
        return
    seen.add(mark)
    if twin:
        checked.near_duplicates.append(number)
    checked.rows.append(row)


@transaction.atomic
def import_examples(
    content: bytes,
    file_format: str,
    actor: User,
    *,
    skip_errors: bool = False,
    address: str | None = None,
) -> Import:
    """Add the rows of a file.

    Raises:
        DragonflyError: IMPORT_HAS_ERRORS, unless they are to be skipped; and as
            `preview_import`.
    """
    checked = preview_import(content, file_format, actor)
    if checked.errors and not skip_errors:
        first = checked.errors[0]
        raise DragonflyError(
            "IMPORT_HAS_ERRORS",
            f"{len(checked.errors)} rows cannot be used; the first is row {first.row}: "
            f"{first.message} Nothing was added.",
        )
    parts = Parts()
    for row in checked.rows:
        if row.part:
            parts.fix([slide_key(row.slide.digest)], row.part)
        add_example(
            slide=row.slide,
            slide_digest=row.slide.digest,
            region=row.region,
            question=row.question,
            answer=row.answer,
            source=Example.Source.IMPORT,
            origin=row.origin,
            licence=row.licence,
            added_by=actor,
        )
    AuditEvent.record(
        "example.import", actor=actor, address=address, examples=len(checked.rows)
    )
    return checked


def read(content: bytes, file_format: str) -> Iterator[Any]:
    """The rows of a file.

    Raises:
        DragonflyError: IMPORT_UNREADABLE.
    """
    readers = {"jsonl": json_lines, "parquet": parquet, "geojson": geojson}
    if file_format not in readers:
        raise unreadable(f"the format must be one of {', '.join(readers)}")
    return readers[file_format](content)


def json_lines(content: bytes) -> Iterator[Any]:
    """One object a line; a line that is none becomes an error of its row."""
    for line in content.splitlines():
        if line.strip():
            try:
                yield json.loads(line)
            except ValueError:
                yield None


def parquet(content: bytes) -> Iterator[Any]:
    """The rows of a Parquet file."""
    # Takes 28 MiB, of which each web process would hold its own.
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(io.BytesIO(content)) as opened:
            for batch in opened.iter_batches(1000):
                yield from batch.to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise unreadable("it is no whole Parquet file") from error


def geojson(content: bytes) -> Iterator[Any]:
    """Features with `slide`, `question` and `answer` among their properties.

    A region is the rectangle around the geometry, in level-0 pixels (RFC 7946, without
    its geographic coordinates, as QuPath writes it).
    """
    try:
        found = json.loads(content)
        features = found["features"] if isinstance(found, dict) else found
    except (ValueError, KeyError) as error:
        raise unreadable("it is no GeoJSON FeatureCollection") from error
    for feature in features if isinstance(features, list) else []:
        try:
            region = around(feature["geometry"]["coordinates"])
            yield {**feature["properties"], "region": region}
        except (KeyError, TypeError, ValueError):
            yield None


def around(coordinates: Any) -> list[int]:
    """[x, y, width, height] of the rectangle around nested coordinates."""
    points = list(flat(coordinates))
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    left, top = int(min(xs)), int(min(ys))
    return [left, top, max(1, round(max(xs) - left)), max(1, round(max(ys) - top))]


def flat(coordinates: Any) -> Iterator[list[float]]:
    """The points of a geometry, however deep they lie."""
    if coordinates and isinstance(coordinates[0], int | float):
        yield coordinates
        return
    for each in coordinates:
        yield from flat(each)


def checked_row(row: Any, user: User, parts: Parts) -> ImportRow:
    """A row of any format; without a region it is about the whole slide.

    Raises:
        DragonflyError: ROW_INVALID, SLIDE_UNKNOWN, REGION_OUTSIDE or PART_CONFLICT.
    """
    if not isinstance(row, dict):
        raise invalid("it is no object")
    slide = find_slide(text_of(row, "slide"), user)
    part = text_of(row, "part", required=False)
    refuse_part(part, slide, parts)
    region = row.get("region")
    return ImportRow(
        slide=slide,
        region=clipped(slide, ALL if region is None else region_of(region)),
        question=text_of(row, "question"),
        answer=text_of(row, "answer"),
        origin=text_of(row, "source", required=False)[:255],
        licence=text_of(row, "licence", required=False)[:128],
        part=part,
    )


def find_slide(digest: str, user: User) -> Slide:
    """The slide with this digest, among those that the user may see.

    Raises:
        DragonflyError: SLIDE_UNKNOWN.
    """
    slide = Slide.objects.visible_to(user).filter(digest=digest).first()
    if slide is None:
        raise DragonflyError(
            "SLIDE_UNKNOWN", "No slide of this site has this digest. Upload it first."
        )
    return slide


def refuse_part(part: str, slide: Slide, parts: Parts) -> None:
    """Raise PART_CONFLICT where the slide is in another part already."""
    if part and part not in Part.values:
        raise invalid(f"the part must be one of {', '.join(Part.values)}")
    known = parts.of([slide_key(slide.digest)]) if part else None
    if known and known != part:
        raise DragonflyError(
            "PART_CONFLICT",
            f"The slide is in the part “{known}” of earlier data sets and stays there.",
        )


def text_of(row: Fields, name: str, *, required: bool = True) -> str:
    """A text of a row, without space around it; "" for one that may be absent."""
    value = row.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or (required and not value.strip()):
        raise invalid(f"“{name}” is no text")
    if len(value) > MOST_CHARACTERS:
        raise invalid(f"“{name}” has more than {MOST_CHARACTERS} characters")
    return value.strip()


def region_of(value: Any) -> Region:
    """[x, y, width, height] or {"x", "y", "width", "height"} as a region."""
    numbers = (
        [value.get(name) for name in ("x", "y", "width", "height")]
        if isinstance(value, dict)
        else value
    )
    if (
        not isinstance(numbers, list)
        or len(numbers) != 4
        or any(type(number) is not int for number in numbers)
        or min(numbers[2:]) < 1
    ):
        raise invalid("“region” is not [x, y, width, height] in whole pixels")
    return Region(*numbers)


def invalid(why: str) -> DragonflyError:
    """One row that cannot be used."""
    return DragonflyError("ROW_INVALID", f"The row cannot be used: {why}.")


def unreadable(why: str) -> DragonflyError:
    """A file of which nothing can be used."""
    return DragonflyError("IMPORT_UNREADABLE", f"The file cannot be read: {why}.")
