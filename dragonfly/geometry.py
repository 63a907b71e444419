"""Points, sizes and regions in level-0 pixels.

Level 0 is the finest level of a slide. `Region` is the only rectangle that is stored
or sent; every other plane (a level, a thumbnail, a crop) is reached by `scaled`.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """A position in pixels, x to the right and y downwards."""

    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Size:
    """A width and a height in pixels; both at least 1.

    Raises:
        ValueError: a side is smaller than 1.
    """

    width: int
    height: int

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(f"size {self.width}x{self.height} has an empty side")

    @property
    def area(self) -> int:
        return self.width * self.height

    def scaled(self, factor: float) -> "Size":
        """The nearest whole size after multiplying both sides, never empty."""
        return Size(
            max(1, round(self.width * factor)), max(1, round(self.height * factor))
        )

    def fitted_into(self, box: "Size") -> "Size":
        """The largest size of the same shape inside `box`, never larger than itself."""
        return self.scaled(min(1.0, box.width / self.width, box.height / self.height))

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle in level-0 pixels; `x` and `y` may lie outside the slide.

    Raises:
        ValueError: a side is smaller than 1.
    """

    x: int
    y: int
    width: int
    height: int

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(f"region {self} has an empty side")

    @classmethod
    def from_bounds(cls, left: int, top: int, right: int, bottom: int) -> "Region":
        return cls(left, top, right - left, bottom - top)

    @classmethod
    def of(cls, size: Size) -> "Region":
        """The whole of a slide or picture of this size."""
        return cls(0, 0, size.width, size.height)

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def size(self) -> Size:
        return Size(self.width, self.height)

    @property
    def area(self) -> int:
        return self.width * self.height

    @property
    def center(self) -> Point:
        return Point(self.x + self.width // 2, self.y + self.height // 2)

    def intersection(self, other: "Region") -> "Region | None":
        """The part that both cover, or None when they do not overlap."""
        left, top = max(self.x, other.x), max(self.y, other.y)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        if right <= left or bottom <= top:
            return None
        return Region.from_bounds(left, top, right, bottom)

    def clipped_to(self, size: Size) -> "Region | None":
        """The part inside a slide of this size, or None when all of it is outside."""
        return self.intersection(Region.of(size))

    def contains(self, other: "Region") -> bool:
        return self.intersection(other) == other

    def moved(self, dx: int, dy: int) -> "Region":
        return Region(self.x + dx, self.y + dy, self.width, self.height)

    def scaled(self, factor_x: float, factor_y: float | None = None) -> "Region":
        """The same rectangle in another plane; edges are rounded, never the sides.

        Rounding edges keeps neighbours adjacent: two regions that touch still touch.
        """
        fy = factor_x if factor_y is None else factor_y
        left, top = round(self.x * factor_x), round(self.y * fy)
        right = max(left + 1, round(self.right * factor_x))
        bottom = max(top + 1, round(self.bottom * fy))
        return Region.from_bounds(left, top, right, bottom)

    def grid(self, columns: int, rows: int) -> Iterator["Region"]:
        """Cut into `columns` x `rows` cells, row by row, without gap or overlap.

        Cells of a region with fewer pixels than cells are one pixel wide and overlap.
        """
        for row in range(rows):
            top, bottom = _cut(self.y, self.height, row, rows)
            for column in range(columns):
                left, right = _cut(self.x, self.width, column, columns)
                yield Region.from_bounds(left, top, right, bottom)

    def __str__(self) -> str:
        return f"{self.x},{self.y},{self.width},{self.height}"


def _cut(start: int, length: int, index: int, parts: int) -> tuple[int, int]:
    first = start + length * index // parts
    return first, max(first + 1, start + length * (index + 1) // parts)
