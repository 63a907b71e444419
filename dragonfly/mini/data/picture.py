"""The pictures that training rows name: stored ones, views of them, drawn ones.

A picture knows the name under which a row finds it and how to write itself. What is
asked about it is not known here.
"""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from PIL import Image

from dragonfly.geometry import Region, Size
from dragonfly.mini.data.errors import DataError
from dragonfly.mini.data.view import Pixels, View
from dragonfly.mini.synthetic import SlideRecipe, SyntheticSlide

PICTURES = "pictures"
QUALITY = 92

Emptiness = Literal["blank", "noise", "blocks", "gradient"]


class Picture(Protocol):
    """What a row can name. Equal pictures are one."""

    def url(self, folder: Path) -> str:
        """Its path relative to the folder of the rows."""

    def write(self, folder: Path) -> None:
        """Put it where `url` says, unless it is there."""


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A picture of a question set, used where it lies."""

    path: Path

    def url(self, folder: Path) -> str:
        return Path(os.path.relpath(self.path, folder)).as_posix()

    def write(self, folder: Path) -> None:
        """Nothing: the picture is never copied."""


@dataclass(frozen=True, slots=True)
class ViewPicture:
    """A view of a stored picture, written as JPEG beside the rows."""

    path: Path
    view: View

    def url(self, folder: Path) -> str:
        return f"{PICTURES}/{self.path.stem}-{self.view.name}.jpg"

    def write(self, folder: Path) -> None:
        _write_once(folder / self.url(folder), lambda: self.view.draw(opened(self)))


@dataclass(frozen=True, slots=True)
class SyntheticPicture:
    """A region of a synthetic slide, shown `side_px` pixels wide and high."""

    recipe: SlideRecipe
    region: Region
    side_px: int

    def url(self, folder: Path) -> str:
        place = str(self.region).replace(",", "_")
        return f"{PICTURES}/{self.recipe.name}-{place}-at-{self.side_px}.jpg"

    def write(self, folder: Path) -> None:
        _write_once(folder / self.url(folder), self._draw)

    def _draw(self) -> Image.Image:
        size = Size(self.side_px, self.side_px)
        return Image.fromarray(_slide(self.recipe).read(self.region, size))


@lru_cache(maxsize=1)
def _slide(recipe: SlideRecipe) -> SyntheticSlide:
    return SyntheticSlide(recipe)


@dataclass(frozen=True, slots=True)
class EmptyPicture:
    """A picture of nothing: whatever is asked, it does not tell."""

    kind: Emptiness
    seed: int

    def url(self, folder: Path) -> str:
        return f"{PICTURES}/{self.kind}-{self.seed}.jpg"

    def write(self, folder: Path) -> None:
        _write_once(folder / self.url(folder), self._draw)

    def _draw(self) -> Image.Image:
        random = np.random.default_rng([self.seed, 67])
        return Image.fromarray(_EMPTY[self.kind](random))


def opened(picture: StoredPicture | ViewPicture) -> Image.Image:
    """The stored picture as RGB.

    Raises:
        DataError: `PICTURE_UNREADABLE`.
    """
    try:
        with Image.open(picture.path) as stored:
            return stored.convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise DataError(
            "PICTURE_UNREADABLE",
            f"The picture {picture.path.name} is missing or cannot be decoded.",
        ) from error


def _write_once(file: Path, draw: _Draw) -> None:
    if file.is_file():
        return
    encoded = io.BytesIO()
    draw().save(encoded, "JPEG", quality=QUALITY, subsampling=0)
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".partial")
    draft.write_bytes(encoded.getvalue())
    os.replace(draft, file)


class _Draw(Protocol):
    def __call__(self) -> Image.Image: ...


def _blank(random: np.random.Generator) -> Pixels:
    return np.full((256, 256, 3), random.integers(0, 256, 3), np.uint8)


def _noise(random: np.random.Generator) -> Pixels:
    return random.integers(0, 256, (256, 256, 3), np.uint8)


def _blocks(random: np.random.Generator) -> Pixels:
    coarse = random.integers(0, 256, (8, 8, 3), np.uint8)
    return coarse.repeat(32, axis=0).repeat(32, axis=1)


def _gradient(random: np.random.Generator) -> Pixels:
    first, last = random.integers(0, 256, (2, 1, 3))
    along = np.linspace(0, 1, 256)[:, None]
    line = (first * (1 - along) + last * along).astype(np.uint8)
    pixels: Pixels = np.repeat(line[None], 256, axis=0)
    return pixels if random.integers(2) else pixels.swapaxes(0, 1)


_EMPTY = {"blank": _blank, "noise": _noise, "blocks": _blocks, "gradient": _gradient}
