"""How much of everything goes into the training data."""

from dataclasses import dataclass, field

from dragonfly.mini.data.errors import DataError

SHARES: dict[str, float] = {
    "vqa-rad": 3.0,
    "vqa-med-2019": 1.0,
    "brca-m2c": 1.5,
    "bccd": 1.0,
    "nuinsseg": 0.5,
    "synthetic": 0.5,
    "unknown": 1.0,
}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Sizes and shares. All that chance decides follows from `seed`.

    Raises:
        DataError: `PLAN_IMPOSSIBLE`.
    """

    seed: int = 0
    brca_views: int = 5
    """Views of each BRCA-M2C patch, beside the patch itself."""
    bccd_views: int = 3
    nuinsseg_views: int = 2
    synthetic_slides: int = 150
    made_a_picture: int = 8
    """Questions made from labels that one picture gets at most."""
    turns: int = 8
    """Questions about one picture that share a row, and so its visual tokens."""
    unknown_share: float = 0.05
    """Of all questions, those whose answer is that the image does not tell."""
    held_back_percent: int = 3
    """Of the training pictures, those kept for watching the loss."""
    shares: dict[str, float] = field(default_factory=lambda: dict(SHARES))
    """How often an epoch shows each row of a source."""

    def __post_init__(self) -> None:
        views = self.brca_views, self.bccd_views, self.nuinsseg_views
        counts = (*views, self.synthetic_slides, self.held_back_percent)
        shares_are_right = all(0 < share <= 100 for share in self.shares.values())
        if (
            min(counts) < 0
            or min(self.turns, self.made_a_picture) < 1
            or self.held_back_percent > 50
            or not 0 <= self.unknown_share <= 0.5
            or not shares_are_right
        ):
            raise DataError(
                "PLAN_IMPOSSIBLE",
                "Numbers of views and slides cannot be negative, a row takes at least "
                "one question, at most half of the questions can be without answer, "
                "and shares lie above 0 and at most 100.",
            )
