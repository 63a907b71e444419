"""Split examples into training and validation, keeping together what belongs together.

The side of a group follows from the seed and the group's key alone, so adding rows
never moves others across.
"""

import hashlib
from typing import Literal

SplitBy = Literal["picture", "patient"]
Side = Literal["train", "validation"]
SCALE = 2**64


def side_of(group: str, validation_share: float, seed: int) -> Side:
    """The side of a patient or picture."""
    digest = hashlib.sha256(f"{seed}\0{group}".encode()).digest()
    place = int.from_bytes(digest[:8]) / SCALE
    return "validation" if place < validation_share else "train"
