"""How much looking one question may cost."""

from dataclasses import dataclass

FEWEST_CELLS = 16


@dataclass(frozen=True)
class Budget:
    """Limits of one descent.

    Raises:
        ValueError: the limit leaves too little to look at.
    """

    cells: int = 256
    """Cells examined over all magnifications, at most, where the region allows it."""

    def __post_init__(self) -> None:
        if self.cells < FEWEST_CELLS:
            raise ValueError(f"a budget needs at least {FEWEST_CELLS} cells")

    def halved(self) -> "Budget":
        """The next smaller budget, for a device that ran out of memory."""
        return Budget(max(FEWEST_CELLS, self.cells // 2))
