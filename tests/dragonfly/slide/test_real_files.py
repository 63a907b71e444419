"""Real slides and DICOM files, where there are any: each opens or is refused in words.

Nothing is tested by these alone; they catch what no fixture thought of.
"""

import os
from pathlib import Path

import pytest

from dragonfly.errors import DragonflyError
from dragonfly.geometry import Size
from dragonfly.slide import open_slide

_BESIDE = Path(__file__).parents[3].parent / "shared"
_FOLDER = Path(os.environ.get("DRAGONFLY_TEST_DATA", _BESIDE))  # noqa: TID251
_FILES = sorted(
    path
    for kind in ("slides", "dicom")
    for path in (_FOLDER / kind).rglob("*")
    if path.is_file()
)


@pytest.mark.skipif(not _FILES, reason="no real slides: set DRAGONFLY_TEST_DATA")
def test_every_real_file_opens_or_is_refused_in_words() -> None:
    opened = 0
    for path in _FILES:
        try:
            with open_slide(path) as slide:
                picture = slide.thumbnail(Size(64, 64))
        except DragonflyError:
            continue
        opened += 1
        assert picture.shape[2] == 3, path.name
    assert opened > len(_FILES) / 2
