"""Closed, irregular outlines: of tissue pieces, nests, vessels and nuclei."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outline:
    """An ellipse around (`x`, `y`) whose radius wavers by a few harmonics.

    `waves` holds (times round, amplitude, phase in radians); lengths are pixels.
    """

    x: float
    y: float
    radius_x: float
    radius_y: float
    waves: tuple[tuple[int, float, float], ...] = ()

    def depth(self, x: Floats, y: Floats) -> Floats:
        """About how far inside each point lies, in pixels; negative outside."""
        dx, dy = x - self.x, y - self.y
        angle = np.arctan2(dy / self.radius_y, dx / self.radius_x)
        ratio = np.hypot(dx / self.radius_x, dy / self.radius_y)
        edge = np.ones_like(ratio)
        for times, amplitude, phase in self.waves:
            edge += amplitude * np.cos(times * angle + phase)
        distance = np.hypot(dx, dy)
        near_middle = ratio < 1e-3
        scale = distance / np.where(near_middle, 1.0, ratio)
        scale = np.where(near_middle, min(self.radius_x, self.radius_y), scale)
        return (edge - ratio) * scale

    def edge(self, points: int = 64) -> tuple[Floats, Floats]:
        """X and y of points along the outline."""
        angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
        radius = np.ones_like(angle)
        for times, amplitude, phase in self.waves:
            radius += amplitude * np.cos(times * angle + phase)
        x = self.x + radius * self.radius_x * np.cos(angle)
        return x, self.y + radius * self.radius_y * np.sin(angle)

    def fitted(self, half_width: float, half_height: float) -> "Outline":
        """The same shape, scaled to reach just so far from its centre on each axis."""
        x, y = self.edge(256)
        return replace(
            self,
            radius_x=self.radius_x * half_width / float(np.abs(x - self.x).max()),
            radius_y=self.radius_y * half_height / float(np.abs(y - self.y).max()),
        )

    @property
    def reach(self) -> float:
        """No point further than this from the centre lies inside."""
        swell = 1 + sum(abs(amplitude) for _, amplitude, _ in self.waves)
        return max(self.radius_x, self.radius_y) * swell


def organic_outline(
    random: np.random.Generator,
    center: tuple[float, float],
    radii: tuple[float, float],
    roughness: float,
) -> Outline:
    """An outline whose harmonics 2..6 fall off as tissue edges do."""
    waves = tuple(
        (times, roughness * random.uniform(0.3, 1.0) / times, random.uniform(0, 6.283))
        for times in range(2, 7)
    )
    return Outline(*center, *radii, waves)
