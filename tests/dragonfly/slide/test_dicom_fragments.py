"""Frames are found in compressed pixel data however it was cut into fragments."""

from io import BytesIO

import pytest
from pydicom.encaps import encapsulate, encapsulate_extended

from dragonfly.slide.dicom_fragments import locate_frames

FRAMES = [b"\xff\xd8" + bytes([i]) * 40 + b"\xff\xd9" for i in (1, 2, 3)]


def found(data: bytes, count: int = 3, table: bytes | None = None) -> list[bytes]:
    file = BytesIO(data)
    spans = locate_frames(file, count, table)
    return [spans.read(file, i) for i in range(count)]


@pytest.mark.parametrize("has_table", [True, False])
@pytest.mark.parametrize("fragments", [1, 3])
def test_with_and_without_an_offset_table(has_table: bool, fragments: int) -> None:
    data = encapsulate(FRAMES, fragments_per_frame=fragments, has_bot=has_table)
    assert [frame.rstrip(b"\0") for frame in found(data)] == FRAMES


def test_an_extended_offset_table() -> None:
    data, offsets, _ = encapsulate_extended(FRAMES)
    assert found(data, table=offsets) == FRAMES


def test_one_frame_may_have_many_fragments() -> None:
    data = encapsulate([b"".join(FRAMES)], fragments_per_frame=5, has_bot=False)
    assert found(data, count=1)[0].rstrip(b"\0") == b"".join(FRAMES)


def test_a_frame_that_was_cut_is_not_handed_to_a_decoder() -> None:
    data = encapsulate(FRAMES, has_bot=False)
    with pytest.raises(ValueError, match="cut short"):
        found(data[:-30])


def test_a_frame_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="no frame 2"):
        found(encapsulate(FRAMES[:2], has_bot=False) + b"junk")
