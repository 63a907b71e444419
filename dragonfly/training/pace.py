"""How fast a run is, between two records."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass
class Pace:
    """Sums up what was learned since the last record."""

    steps_left: int
    started: float = field(default_factory=time.perf_counter)
    steps: int = 0
    tokens: int = 0
    images: int = 0
    waited_before: float = 0.0

    def add(self, tokens: int, images: int) -> None:
        self.steps += 1
        self.steps_left -= 1
        self.tokens += tokens
        self.images += images

    def figures(self, waited_s: float) -> dict[str, float]:
        """Rates since the last call, over all processes, and the time that is left.

        Args:
            waited_s: seconds that the model has waited for data since the run began.
        """
        now = time.perf_counter()
        seconds = max(now - self.started, 1e-9)
        figures = {
            "tokens_per_s": self.tokens / seconds,
            "images_per_s": self.images / seconds,
            "steps_per_s": self.steps / seconds,
            "waiting_share": min(1.0, (waited_s - self.waited_before) / seconds),
            "eta_s": self.steps_left * seconds / max(1, self.steps),
        }
        self.started, self.waited_before = now, waited_s
        self.steps = self.tokens = self.images = 0
        return figures
