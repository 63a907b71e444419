"""Attributes that DICOM keeps in nested groups for multi-frame objects.

Enhanced objects state windows, rescaling and spacing per frame or shared by all
(PS3.3 C.7.6.16); older ones state them at the top. `flattened` makes both look old.
"""

from collections.abc import Iterator, Sequence

from pydicom.dataset import Dataset

# What presenting a picture needs, and no more: nothing of the patient is copied.
_TOP = (
    "PhotometricInterpretation",
    "BitsAllocated",
    "BitsStored",
    "PixelRepresentation",
    "RescaleSlope",
    "RescaleIntercept",
    "ModalityLUTSequence",
    "WindowCenter",
    "WindowWidth",
    "VOILUTFunction",
    "VOILUTSequence",
    "PixelSpacing",
    "ImagerPixelSpacing",
    "NominalScannedPixelSpacing",
)
_TABLES = ("ModalityLUTSequence", "VOILUTSequence")
_PALETTE = tuple(
    f"{kind}{colour}PaletteColorLookupTable{part}"
    for colour in ("Red", "Green", "Blue")
    for kind, part in (("", "Descriptor"), ("", "Data"), ("Segmented", "Data"))
)
_GROUPS = (
    "PixelMeasuresSequence",
    "PixelValueTransformationSequence",
    "FrameVOILUTSequence",
)


def flattened(header: Dataset, frame: int) -> Dataset:
    """The attributes for presenting `frame`, from wherever the object states them."""
    flat = Dataset()
    flat.file_meta = header.file_meta
    sources = [header, *_groups(header, frame)]
    for source in sources:
        for keyword in (*_TOP, *_PALETTE):
            if keyword in source and not source[keyword].is_empty:
                flat[keyword] = source[keyword]
    for keyword in _TABLES:
        if keyword in flat and not _is_complete(flat[keyword].value):
            del flat[keyword]
    return flat


def _is_complete(tables: Sequence[Dataset]) -> bool:
    """Some writers leave an empty lookup table behind; it means there is none."""
    return bool(tables) and all(
        tables[0].get(name) for name in ("LUTDescriptor", "LUTData")
    )


def _groups(header: Dataset, frame: int) -> Iterator[Dataset]:
    shared = header.get("SharedFunctionalGroupsSequence") or []
    per_frame = header.get("PerFrameFunctionalGroupsSequence") or []
    chosen = [*shared[:1], *per_frame[frame : frame + 1]]
    for group in chosen:
        for name in _GROUPS:
            yield from (group.get(name) or [])[:1]
