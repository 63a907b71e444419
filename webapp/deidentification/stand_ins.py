"""What stands where a value was, by its VR: valid, and the same for everybody."""

from __future__ import annotations

from typing import Any

TEXT = "REMOVED"
_BY_VR: dict[str, Any] = {
    "AE": TEXT,
    "AS": "000Y",
    "CS": TEXT,
    "DA": "19000101",
    "DS": "0",
    "DT": "19000101000000",
    "IS": "0",
    "LO": TEXT,
    "LT": TEXT,
    "OB": b"\0\0",
    "OW": b"\0\0",
    "PN": TEXT,
    "SH": TEXT,
    "ST": TEXT,
    "TM": "000000",
    "UC": TEXT,
    "UN": b"",
    "UR": "urn:removed",
    "US": 0,
    "UT": TEXT,
}
DATES = ("DA", "DT")
TIMES = ("DA", "DT", "TM")


def stand_in(vr: str) -> Any:
    """The value; None, which is empty, for a VR that the table does not need."""
    return _BY_VR.get(vr)
