"""Look at the sources of a mixture: what is on disk, what of it can be used.

Repeated examples, texts that are too long, pictures that are too small or cannot be
read are left out and counted. Nothing is downloaded.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dragonfly.errors import SlideError
from dragonfly.geometry import Region, Size
from dragonfly.slide import open_slide
from dragonfly.training.args import refuse
from dragonfly.training.chat import chat_of_answer
from dragonfly.training.errors import TrainingError
from dragonfly.training.example import ImageFile, Picture
from dragonfly.training.mixture import Mixture
from dragonfly.training.pictures import PictureKey, key_of, open_picture
from dragonfly.training.prepared_rows import PreparedRows
from dragonfly.training.row_files import Fields, read_rows
from dragonfly.training.rows import BadExampleError, picture_of
from dragonfly.training.slide_index import SlideIndex, no_slides, read_slide_index
from dragonfly.training.source import Source
from dragonfly.training.split import Side, SplitBy, side_of

KEPT = {"train": "kept for training", "validation": "kept for validation"}


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What an example must be like to be kept, and how the rest is split."""

    max_characters: int = 20_000
    """Of question, answer or chat text together."""
    min_side_px: int = 32
    """Shorter side of a picture or region."""
    split_by: SplitBy = "picture"
    validation_share: float = 0.05
    seed: int = 0

    def __post_init__(self) -> None:
        refuse(self.max_characters < 1, "max_characters must be at least 1.")
        refuse(self.min_side_px < 1, "min_side_px must be at least 1.")
        refuse(
            not 0 <= self.validation_share < 1,
            "validation_share is a share: at least 0 and below 1.",
        )


@dataclass
class CheckedSource:
    """What became of a source's rows; `outcomes` counts reasons and kept rows."""

    source: Source
    on_disk: bool
    rows: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    groups: dict[Side, set[str]] = field(
        default_factory=lambda: {"train": set(), "validation": set()}
    )

    @property
    def kept(self) -> int:
        return sum(self.outcomes[name] for name in KEPT.values())


def check_mixture(
    mixture: Mixture, filters: Filters, output: Path | None = None
) -> list[CheckedSource]:
    """Check each source; with `output`, write what is kept of it there.

    Raises:
        TrainingError: PATIENT_UNKNOWN, a row of a split by patient names none; or a
            file of rows is corrupt.
    """
    seen: set[str] = set()
    return [_check(source, filters, seen, output) for source in mixture.sources]


def _check(
    source: Source, filters: Filters, seen: set[str], output: Path | None
) -> CheckedSource:
    if source.path is None or not source.path.is_file():
        return CheckedSource(source, False)
    checked = CheckedSource(source, True)
    judge = Judge(source, filters, seen, _index(source))
    with PreparedRows(source, output) as prepared:
        for row in read_rows(source.path):
            checked.rows += 1
            outcome, group = judge.judge(row)
            side = None
            if group is not None:
                side = side_of(group, filters.validation_share, filters.seed)
                outcome = KEPT[side]
                checked.groups[side].add(group)
            checked.outcomes[outcome] += 1
            if side is not None:
                prepared.write(side, row)
    return checked


@dataclass(frozen=True)
class Judge:
    """Decides about the rows of one source; `seen` is shared by all sources."""

    source: Source
    filters: Filters
    seen: set[str]
    index: SlideIndex

    def judge(self, row: Fields) -> tuple[str, str | None]:
        """Why a row is left out, or the group that it must stay together with."""
        text = _text(row)
        if not text:
            return "without text", None
        if len(text) > self.filters.max_characters:
            return "text too long", None
        try:
            key = self._key(row)
        except BadExampleError as error:
            return error.code, None
        content = f"{key.digest} {key.region}\0{text}" if key else text
        identity = hashlib.sha256(content.encode()).hexdigest()
        if identity in self.seen:
            return "repeated", None
        self.seen.add(identity)
        # One slide is one group, whichever of its regions a row is about.
        return "", self._group(row, key.digest if key else identity)

    def _key(self, row: Fields) -> PictureKey | None:
        if self.source.stream != "image":
            return None
        picture = picture_of(row, self.source.pictures_start)
        size = _size(picture, self.index)
        if min(size.width, size.height) < self.filters.min_side_px:
            raise BadExampleError("picture too small", "")
        return key_of(picture)

    def _group(self, row: Fields, content: str) -> str:
        if self.filters.split_by == "picture":
            return content
        if not row["patient"]:
            raise TrainingError(
                "PATIENT_UNKNOWN",
                f"A row of source “{self.source.name}” names no “patient”, so the "
                "split cannot keep patients apart. Add one or split by picture.",
            )
        # Equal keys in two sources may be two patients; together is the safe side.
        return str(row["patient"])


def _text(row: Fields) -> str:
    if row["question"] and row["answer"]:
        return chat_of_answer(row["question"], row["answer"])
    return str(row["conversations"] or row["text"] or "")


def _size(picture: Picture, index: SlideIndex) -> Size:
    if isinstance(picture, ImageFile):
        return Size(*open_picture(picture).size)
    path = index(picture.slide)
    if path is None or not path.exists():
        raise BadExampleError("SLIDE_MISSING", "")
    try:
        with open_slide(path) as slide:
            if slide.digest != picture.slide:
                raise BadExampleError("SLIDE_IS_ANOTHER", "")
            if not Region.of(slide.size).contains(picture.region):
                raise BadExampleError("REGION_OUTSIDE_SLIDE", "")
    except SlideError as error:
        raise BadExampleError("SLIDE_UNREADABLE", error.message) from error
    return picture.region.size


def _index(source: Source) -> SlideIndex:
    return no_slides if source.slides is None else read_slide_index(source.slides)


def outcomes(checked: list[CheckedSource]) -> Iterator[str]:
    """All reasons that occurred, kept ones first, without repetition."""
    found = {name for each in checked for name in each.outcomes}
    yield from (name for name in KEPT.values() if name in found)
    yield from sorted(found - {*KEPT.values()})
