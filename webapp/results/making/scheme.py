"""The scheme of our own codes, for what no standard scheme says.

Apart from the codes themselves: those need pydicom's dictionaries of codes, which take
16 MiB and are loaded only where objects are made.
"""

from __future__ import annotations

from pydicom.dataset import Dataset

SCHEME = "99DRAGONFLY"


def scheme_identification() -> Dataset:
    """An item of the Coding Scheme Identification Sequence (PS3.3 section C.12.1.1)."""
    item = Dataset()
    item.CodingSchemeDesignator = SCHEME
    item.CodingSchemeName = "Dragonfly for pathology"
    item.CodingSchemeResponsibleOrganization = "Dragonfly for pathology"
    return item
