"""The UIDs that highdicom draws at random, as UIDs that follow from what they name."""

from __future__ import annotations

from pydicom.dataset import Dataset

from webapp.results.making.said import Said


def repeat_uids(made: Dataset, said: Said) -> None:
    """Name the organisation of the dimensions, so that the object's bytes repeat."""
    uid = said.uid("dimensions")
    for name in ("DimensionOrganizationSequence", "DimensionIndexSequence"):
        for item in made.get(name, ()):
            item.DimensionOrganizationUID = uid
