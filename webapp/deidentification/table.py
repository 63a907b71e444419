"""What the Basic Profile does with each attribute (PS3.15 table E.1-1, 2026c).

The table comes with dicom-anonymizer; its way of applying it is not used here.
"""

from __future__ import annotations

from enum import StrEnum

from dicomanonymizer.dicom_anonymization_databases import dicomfields_2026c as basic
from pydicom.datadict import tag_for_keyword
from pydicom.tag import BaseTag, Tag

EDITION = "2026c"


class Action(StrEnum):
    """Of a choice such as "X unless Z is required" the last: valid in every IOD."""

    REMOVE = "remove"
    EMPTY = "empty"
    DUMMY = "dummy"
    UID = "uid"
    CLEAN = "clean"
    """Keep, and do to what is inside as the table says."""


_OF_LIST = {
    "X_TAGS": Action.REMOVE,
    "Z_TAGS": Action.EMPTY,
    "X_Z_TAGS": Action.EMPTY,
    "D_TAGS": Action.DUMMY,
    "Z_D_TAGS": Action.DUMMY,
    "X_D_TAGS": Action.DUMMY,
    "X_Z_D_TAGS": Action.DUMMY,
    "X_Z_U_STAR_TAGS": Action.CLEAN,
    "U_TAGS": Action.UID,
}
_OURS = {
    # The Clean Structured Content Option, which the table gives as "C".
    "ContentSequence": Action.CLEAN,
    "AcquisitionContextSequence": Action.CLEAN,
    "SpecimenPreparationSequence": Action.CLEAN,
    # Empty where there is one is not valid in the objects that are kept here.
    "ReferencedStudySequence": Action.REMOVE,
    # Free text that the table leaves alone or leaves to that option.
    "TextValue": Action.DUMMY,
    "AnnotationGroupUID": Action.UID,
    "ContentDescription": Action.EMPTY,
    "SegmentLabel": Action.DUMMY,
    "SegmentDescription": Action.REMOVE,
    "TrackingID": Action.DUMMY,
}


def _table() -> dict[int, Action]:
    found = {
        int(Tag(tag)): action
        for name, action in _OF_LIST.items()
        for tag in getattr(basic, name)
        if len(tag) == 2
    }
    for keyword, action in _OURS.items():
        tag = tag_for_keyword(keyword)
        if tag is None:
            raise KeyError(keyword)
        found[tag] = action
    return found


ACTIONS = _table()


def action_of(tag: BaseTag) -> Action | None:
    """What is done with an attribute; None for one that the table does not name."""
    if tag.is_private or _is_repeating(tag):
        return Action.REMOVE
    return ACTIONS.get(int(tag))


def _is_repeating(tag: BaseTag) -> bool:
    """Curves (50xx) and overlays (60xx), which may draw text."""
    return 0x5000 <= tag.group <= 0x50FF or 0x6000 <= tag.group <= 0x60FF
