"""Zoom-in selection carried down a slide's pyramid.

A slide has 10^9 pixels and more; one Dragonfly image shows a few million. This
package chooses which parts of a large region become the mid and high crops. It knows
geometry, tissue and feature vectors; it neither reads pixels nor runs the model: the
caller's `look` does both.
"""

from dragonfly.zoom.budget import Budget
from dragonfly.zoom.cells import Cell
from dragonfly.zoom.descend import (
    Descent,
    Examined,
    ScoredCell,
    Selected,
    Wanted,
    descend,
)
from dragonfly.zoom.novelty import Novelty
from dragonfly.zoom.relevance import Relevance
from dragonfly.zoom.scoring import Scorer, Scores

__all__ = [
    "Budget",
    "Cell",
    "Descent",
    "Examined",
    "Novelty",
    "Relevance",
    "ScoredCell",
    "Scorer",
    "Scores",
    "Selected",
    "Wanted",
    "descend",
]
