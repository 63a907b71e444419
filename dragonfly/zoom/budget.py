"""How much looking one question may cost."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """Limits of one descent.

    Raises:
        ValueError: a limit leaves nothing to look at.
    """

    first_cells: int = 64
    """Cells of the first grid over the region, at most."""
    beam: int = 1
    """Cells of each mid crop that are opened at every further magnification."""

    def __post_init__(self) -> None:
        if self.first_cells < 8 or self.beam < 1:
            raise ValueError("a budget needs at least 8 first cells and a beam of 1")

    def halved(self) -> "Budget":
        """The next smaller budget, for a device that ran out of memory."""
        return Budget(max(8, self.first_cells // 2), max(1, self.beam // 2))
