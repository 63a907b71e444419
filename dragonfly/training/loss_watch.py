"""Stop a run whose loss is no number or runs away, and say why."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dragonfly.training.errors import TrainingError

SMOOTHING = 0.9
WARM_UP_STEPS = 20


@dataclass
class LossWatch:
    """Remembers the smoothed loss and its lowest value."""

    max_rise: float
    smoothed: float | None = None
    lowest: float = math.inf
    steps: int = 0

    def check(self, step: int, loss: float, gradient_norm: float) -> None:
        """Take notice of a step.

        Raises:
            TrainingError: LOSS_NOT_FINITE or LOSS_EXPLODED.
        """
        if not math.isfinite(loss) or not math.isfinite(gradient_norm):
            raise TrainingError(
                "LOSS_NOT_FINITE",
                f"At step {step} the loss is {loss} and the gradient's norm "
                f"{gradient_norm}. Lower optimizer.learning_rate, or look for broken "
                "examples; the last checkpoint is unharmed.",
            )
        old = loss if self.smoothed is None else self.smoothed
        self.smoothed = SMOOTHING * old + (1 - SMOOTHING) * loss
        self.steps += 1
        if self.steps < WARM_UP_STEPS:
            return
        self.lowest = min(self.lowest, self.smoothed)
        if self.smoothed > self.lowest + self.max_rise:
            raise TrainingError(
                "LOSS_EXPLODED",
                f"At step {step} the smoothed loss is {self.smoothed:.2f}; it had been "
                f"{self.lowest:.2f}. Lower optimizer.learning_rate or raise "
                "run.max_loss_rise.",
            )

    def state(self) -> dict[str, float | int | None]:
        lowest = None if math.isinf(self.lowest) else self.lowest
        return {"smoothed": self.smoothed, "lowest": lowest, "steps": self.steps}

    def restore(self, state: dict[str, float | int | None]) -> None:
        self.smoothed = state["smoothed"]
        self.lowest = math.inf if state["lowest"] is None else state["lowest"]
        self.steps = int(state["steps"] or 0)
