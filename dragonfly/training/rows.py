"""Rows to examples: the published format and manifests, told apart by their fields."""

from __future__ import annotations

from pathlib import Path

from dragonfly.geometry import Region
from dragonfly.training.chat import chat_of_answer, chat_of_caption
from dragonfly.training.errors import TrainingError
from dragonfly.training.example import Example, ImageFile, Picture, SlideRegion
from dragonfly.training.row_files import Fields
from dragonfly.training.source import Source

WEB = ("http://", "https://")


class BadExampleError(TrainingError):
    """One example that cannot be used; the run skips it and counts it."""


def example_of(row: Fields, source: Source, choice: str) -> Example:
    """The example that a row describes.

    Args:
        row: as `read_rows` gives it.
        source: tells where pictures lie, and whether there are any.
        choice: picks the instruction before a caption; equal choices agree.

    Raises:
        BadExampleError: TEXT_MISSING, PICTURE_MISSING, PICTURE_NOT_LOCAL.
    """
    text = _text(row, choice)
    if source.stream != "image":
        return Example(text, None)
    return Example(text, picture_of(row, source.pictures_start))


def _text(row: Fields, choice: str) -> str:
    if row["conversations"]:
        return str(row["conversations"])
    if row["text"]:
        return chat_of_caption(row["text"], choice)
    if row["question"] and row["answer"]:
        return chat_of_answer(row["question"], row["answer"])
    raise BadExampleError(
        "TEXT_MISSING", "A row has no “conversations”, “text” or question and answer."
    )


def picture_of(row: Fields, folder: Path) -> Picture:
    """Where the picture of a row lies.

    Raises:
        BadExampleError: PICTURE_MISSING, PICTURE_NOT_LOCAL.
    """
    if row["slide"] and row["region"]:
        zoomed = tuple(Region(*crop) for crop in row["zoomed"] or ())
        return SlideRegion(row["slide"], Region(*row["region"]), zoomed)
    url = (row["image_url"] or "").strip()
    if not url:
        raise BadExampleError(
            "PICTURE_MISSING", "A row of an image source has no picture."
        )
    if url.startswith(WEB):
        raise BadExampleError(
            "PICTURE_NOT_LOCAL", "A picture is a web address; nothing is downloaded."
        )
    return ImageFile(folder / url)
