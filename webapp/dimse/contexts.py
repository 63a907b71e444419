"""What we receive: SOP classes and, for each, transfer syntaxes by preference."""

from __future__ import annotations

from pydicom import uid
from pynetdicom.presentation import PresentationContext, build_context

from webapp.dicomweb.sandbox.accepted import SOP_CLASSES, TRANSFER_SYNTAXES

VERIFICATION = "1.2.840.10008.1.1"
_FIRST = (uid.ExplicitVRLittleEndian, uid.ImplicitVRLittleEndian)
_LAST = (uid.DeflatedExplicitVRLittleEndian, uid.ExplicitVRBigEndian)


def ordered_syntaxes() -> list[str]:
    """Uncompressed before compressed: no sender is led to compress what was not.

    One that holds a compressed object offers that syntax alone, or in a context of its
    own, and so sends it as it is.
    """
    compressed = TRANSFER_SYNTAXES - {*_FIRST, *_LAST}
    return [*map(str, _FIRST), *sorted(compressed), *map(str, _LAST)]


def received_contexts() -> list[PresentationContext]:
    """Verification, and storage of each class that is taken."""
    syntaxes = ordered_syntaxes()
    plain = [str(uid.ImplicitVRLittleEndian), str(uid.ExplicitVRLittleEndian)]
    echo = build_context(VERIFICATION, plain)
    return [echo, *(build_context(name, syntaxes) for name in sorted(SOP_CLASSES))]
