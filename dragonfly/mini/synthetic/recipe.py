"""What a synthetic slide is made from: a seed, a size and the findings to hide.

A recipe is the whole input: the same recipe gives the same pixels on any machine. It
knows nothing of how they are drawn.
"""

from dataclasses import asdict, dataclass
from typing import Literal, get_args

from dragonfly.errors import DragonflyError

VERSION = 1
"""Raised whenever the same recipe would give other pixels or another truth."""

MPP = 0.25
OBJECTIVE = 40
MIN_SIDE, MAX_SIDE, SIDE_STEP = 2048, 65_536, 1024
MAX_TARGETS = 5

TargetKind = Literal["mitoses", "tumour", "lymphocytes", "rods"]
Background = Literal["benign", "tumour"]
PenColour = Literal["blue", "green", "black"]
TARGET_KINDS: tuple[TargetKind, ...] = get_args(TargetKind)
PEN_COLOURS: tuple[PenColour, ...] = get_args(PenColour)
BACKGROUNDS: tuple[Background, ...] = get_args(Background)


class RecipeError(DragonflyError):
    """The synthetic slide cannot be made as asked."""


@dataclass(frozen=True, slots=True)
class SlideRecipe:
    """A square slide of `side_px` level-0 pixels at 0.25 um per pixel.

    `targets` are the nests to hide, one of each entry; `background` is what all other
    nests are made of. `stain_shift` (0..1) is how far the stains may stray.

    Raises:
        RecipeError: `RECIPE_SEED`, `RECIPE_SIDE`, `RECIPE_TARGETS`,
            `RECIPE_FRAGMENTS`, `RECIPE_APPEARANCE`.
    """

    seed: int
    side_px: int = 8192
    targets: tuple[TargetKind, ...] = ()
    fragments: int = 2
    background: Background = "benign"
    pen: PenColour | None = None
    fold: bool = False
    stain_shift: float = 0.6

    def __post_init__(self) -> None:
        if not 0 <= self.seed < 2**32:
            raise RecipeError("RECIPE_SEED", "The seed must lie within 0 and 2^32 - 1.")
        self._check_side()
        self._check_targets()
        self._check_appearance()

    @property
    def name(self) -> str:
        """The file's name without suffix; it says that the slide is synthetic."""
        return f"synthetic-{self.side_px}-{self.seed}"

    def as_json(self) -> dict[str, object]:
        """The fields as plain values, in the order of the class."""
        return {**asdict(self), "targets": list(self.targets)}

    def _check_side(self) -> None:
        if self.side_px % SIDE_STEP or not MIN_SIDE <= self.side_px <= MAX_SIDE:
            raise RecipeError(
                "RECIPE_SIDE",
                f"A side of {self.side_px} px is not possible: choose a multiple of "
                f"{SIDE_STEP} from {MIN_SIDE} to {MAX_SIDE}.",
            )

    def _check_targets(self) -> None:
        unknown = set(self.targets) - set(TARGET_KINDS)
        if unknown or len(self.targets) > MAX_TARGETS:
            raise RecipeError(
                "RECIPE_TARGETS",
                f"Choose at most {MAX_TARGETS} targets of: {', '.join(TARGET_KINDS)}.",
            )
        if self.background == "tumour" and "tumour" in self.targets:
            raise RecipeError(
                "RECIPE_TARGETS",
                "A tumour nest cannot be hidden among tumour nests: choose the benign "
                "background or another target.",
            )

    def _check_appearance(self) -> None:
        if not 1 <= self.fragments <= 4:
            raise RecipeError(
                "RECIPE_FRAGMENTS", "A slide carries from 1 to 4 pieces of tissue."
            )
        known = self.background in BACKGROUNDS and self.pen in (None, *PEN_COLOURS)
        if not known or not 0 <= self.stain_shift <= 1:
            raise RecipeError(
                "RECIPE_APPEARANCE",
                f"The background is one of {', '.join(BACKGROUNDS)}, the pen one of "
                f"{', '.join(PEN_COLOURS)} or none, the stain shift from 0 to 1.",
            )
