"""`python -m webapp.twins.writing`: an order on standard input, progress on output.

Each line of the output is a JSON object: {"done": …, "total": …} in tiles, or
{"code": …, "message": …} as the last one of a failure.
"""

from __future__ import annotations

import json
import resource
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

from dragonfly.errors import DragonflyError
from dragonfly.slide import Slide, open_slide
from webapp.twins.writing.file import write_file
from webapp.twins.writing.frames import COLOURS, cells_of, colour_of, frames_of
from webapp.twins.writing.header import header_of
from webapp.twins.writing.order import Order

MEMORY_BYTES = 4 * 2**30
"""Of address space, of which a slide needs a tenth in memory."""
TOLD_EVERY = 500


class Progress:
    """Counts tiles and tells of some of them."""

    def __init__(self, total: int) -> None:
        self.done, self.total = 0, total

    def counted(self, frames: Iterator[bytes]) -> Iterator[bytes]:
        for frame in frames:
            yield frame
            self.done += 1
            if self.done % TOLD_EVERY == 0 or self.done == self.total:
                tell(done=self.done, total=self.total)


def tell(**said: object) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def write_levels(slide: Slide, order: Order) -> None:
    """Each stored level becomes a file; none is added and no thumbnail is made.

    Raises:
        UnreadableError: a tile cannot be decoded.
        OSError: no room.
    """
    cells = [cells_of(slide, level) for level in range(len(slide.levels))]
    progress = Progress(sum(columns * rows for columns, rows in cells))
    for level in range(len(slide.levels)):
        header = header_of(slide, level, order, f"2.25.{uuid.uuid4().int}")
        colour = colour_of(slide, level)
        header.PhotometricInterpretation = COLOURS[colour]
        frames = progress.counted(frames_of(slide, level, colour))
        write_file(Path(order.folder, f"{level + 1}.dcm"), header, frames)


def main() -> int:
    """0 when all is written."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    order = Order.from_json(sys.stdin.readline())
    try:
        with open_slide(Path(order.slide)) as slide:
            write_levels(slide, order)
    except DragonflyError as error:
        tell(code=error.code, message=error.message)
        return 1
    except OSError:
        tell(code="TWIN_NO_ROOM", message="There is no room on the disk to write it.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
