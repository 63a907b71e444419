"""`doubt_of_pixels`: why the pixels of an object may show who it is of.

Nobody looks at pixels here: an object goes out if its kind carries no text by custom,
or if its sender states that no text is burned in.
"""

from __future__ import annotations

from pydicom import uid
from pydicom.dataset import Dataset

PLAIN = frozenset(
    (
        uid.VLWholeSlideMicroscopyImageStorage,
        uid.VLMicroscopicImageStorage,
        uid.VLSlideCoordinatesMicroscopicImageStorage,
        uid.CTImageStorage,
        uid.EnhancedCTImageStorage,
        uid.MRImageStorage,
        uid.EnhancedMRImageStorage,
        uid.SegmentationStorage,
    )
)
"""Straight from a scanner, or made by software."""
DOCUMENTS = frozenset((uid.EncapsulatedPDFStorage,))


def doubt_of_pixels(header: Dataset, *, has_pixels: bool, looked_at: bool) -> str:
    """A sentence that says why the object is withheld; "" if it may go.

    Args:
        looked_at: a person has looked at the pixels and found nobody named.
    """
    if header.get("SOPClassUID") in DOCUMENTS:
        return "A document cannot be de-identified."
    flavor = list(header.get("ImageType") or ())[2:3]
    if flavor == ["LABEL"] or flavor == ["OVERVIEW"]:
        return "The label or overview of a slide may name the patient."
    if header.get("SpecimenLabelInImage") == "YES":
        return "The picture shows the label of the slide."
    if not has_pixels or looked_at:
        return ""
    return _doubt_of_text(header)


def _doubt_of_text(header: Dataset) -> str:
    burned = header.get("BurnedInAnnotation")
    if burned == "YES":
        return "Text is burned into the pixels."
    if header.get("RecognizableVisualFeatures") == "YES":
        return "The pixels show features by which a person is recognised."
    kind = list(header.get("ImageType") or ())[:2]
    is_plain = header.get("SOPClassUID") in PLAIN and "SECONDARY" not in kind
    if burned == "NO" or is_plain:
        return ""
    return "Nothing states that its pixels carry no text."
