"""Opens the image of an item, from its file or from the Parquet row that holds it."""

import io
from functools import lru_cache
from typing import Any

from PIL import Image, UnidentifiedImageError

from dragonfly.evaluation.errors import EvaluationError
from dragonfly.evaluation.item import Item
from dragonfly.evaluation.library import need


@lru_cache(maxsize=1)
def _image_column(path: str) -> Any:
    return need("pyarrow.parquet").read_table(path, columns=["image"])["image"]


def _parquet_image(item: Item) -> io.BytesIO:
    row = _image_column(item.meta["parquet"])[int(item.meta["row"])].as_py()
    return io.BytesIO(row["bytes"])


def has_image(item: Item) -> bool:
    """Whether the image is where the data set says (Parquet rows always hold it)."""
    return "parquet" in item.meta or (item.image is not None and item.image.is_file())


def read_image(item: Item) -> Image.Image:
    """The item's image as RGB.

    Raises:
        EvaluationError: `IMAGE_NOT_FOUND` or `IMAGE_UNREADABLE`.
    """
    if not has_image(item):
        raise EvaluationError(
            "IMAGE_NOT_FOUND", f"The image of item '{item.id}' is missing: {item.image}"
        )
    source = _parquet_image(item) if item.image is None else item.image
    try:
        with Image.open(source) as image:
            return image.convert("RGB")
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise EvaluationError(
            "IMAGE_UNREADABLE", f"The image of item '{item.id}' cannot be decoded."
        ) from error
