"""What every family of files must offer so that `Slide` can be built on it.

A reader knows stored levels and stored pixels. It knows nothing of level-0 regions,
resizing, the viewer's grid or marks for unreadable places: those are the slide's.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from dragonfly.errors import SlideError
from dragonfly.geometry import Region, Size
from dragonfly.slide.note import Note
from dragonfly.slide.pixel_size import PixelSize
from dragonfly.slide.pixels import Pixels


@dataclass(frozen=True, slots=True)
class Level:
    """One stored resolution; `downsample` is level-0 pixels per pixel of this one."""

    size: Size
    downsample: float


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file says about itself. `properties` may name a patient: never log it."""

    vendor: str
    format: str
    levels: tuple[Level, ...]
    pixel_size: PixelSize
    objective_power: float | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    icc_profile: bytes | None = None
    associated_names: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    files: tuple[Path, ...] = ()
    frame_count: int = 1
    frame: int = 0


class UnreadableError(SlideError):
    """The stored pixels of a box cannot be decoded; the rest of the slide may be."""

    def __init__(self) -> None:
        super().__init__("TILE_UNREADABLE", "A part of the slide cannot be decoded.")


class Reader(ABC):
    """An open file, safe to read from several threads."""

    facts: Facts

    @abstractmethod
    def read(self, level: int, box: Region, shrink: int = 1) -> Pixels:
        """Decode `box`, in pixels of `level` and inside it, at 1/`shrink` of its size.

        `shrink` is 1 or one of `shrinks(level)`, and divides the box's position and,
        except at the level's right and bottom edge, its sides (which round up).

        Raises:
            UnreadableError: some stored pixels of the box cannot be decoded.
        """

    @abstractmethod
    def cell(self, level: int) -> Size:
        """The stored tile of `level`, or what stands for it, in its own pixels."""

    def shrinks(self, level: int) -> tuple[int, ...]:
        """Factors at which `level` can be decoded smaller and cheaper than in full."""
        return ()

    def stores_jpeg(self, level: int) -> bool:
        """Whether `stored_jpeg` has the tiles of this level, save damaged ones."""
        return False

    def stored_jpeg(
        self, level: int, column: int, row: int, wait: bool = True
    ) -> bytes | None:
        """A stored tile as a complete JPEG file, or None where that is impossible.

        A tile at the right or bottom edge comes with its padding.

        Raises:
            BlockingIOError: `wait` is false and the disk would have to be waited for.
        """
        return None

    def associated_image(self, name: str) -> Image.Image:
        """A picture stored beside the slide, such as its label; decoded on demand.

        Raises:
            KeyError: the slide has no picture of this name.
            SlideError: `ASSOCIATED_UNREADABLE`, the picture is damaged.
        """
        raise KeyError(name)

    @property
    def held_bytes(self) -> int:
        """About how much memory the reader may come to hold between reads."""
        return 0

    @abstractmethod
    def close(self) -> None:
        """Give the file back; reading afterwards is an error of the caller."""
