"""A segmentation: where the model looked, drawn over the whole slide."""

from __future__ import annotations

import numpy as np
from highdicom import AlgorithmIdentificationSequence, seg
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes

from dragonfly.errors import DragonflyError
from dragonfly.geometry import Region
from webapp.questions.models import EvidenceRegion
from webapp.results.making import codes as ours
from webapp.results.making.grid import grid_of
from webapp.results.making.repeating import repeat_uids
from webapp.results.making.said import Said, finish

TILE = 256
Layer = tuple[str, str]
"""Kind and resolution: regions of one layer lie side by side."""


def make_segmentation(said: Said) -> Dataset:
    """One segment for each kind and resolution of evidence (PS3.3 section A.51).

    Fractions are occupancy: how much of a cell the regions cover. The standard knows
    but occupancy and probability, and a selection score is neither.

    Raises:
        DragonflyError: RESULT_NOT_POSSIBLE, there is nothing to draw or nowhere to.
    """
    layers: dict[Layer, list[EvidenceRegion]] = {}
    for one in said.evidence:
        layers.setdefault((one.kind, one.resolution), []).append(one)
    if not layers:
        raise DragonflyError(
            "RESULT_NOT_POSSIBLE", "This answer names no region that could be drawn."
        )
    grid = grid_of(said.source)
    drawn = [
        grid.shares(Region(**one.region_fields()) for one in regions)
        for regions in layers.values()
    ]
    made = seg.Segmentation(
        source_images=[said.source.finest],
        pixel_array=np.stack(drawn, axis=-1)[np.newaxis].astype(np.float32),
        segmentation_type=seg.SegmentationTypeValues.FRACTIONAL,
        fractional_type=seg.SegmentationFractionalTypeValues.OCCUPANCY,
        segment_descriptions=[
            _segment(said, number, layer, regions)
            for number, (layer, regions) in enumerate(layers.items(), start=1)
        ],
        pixel_measures=grid.measures,
        plane_positions=[grid.position],
        tile_pixel_array=True,
        tile_size=(TILE, TILE),
        dimension_organization_type="TILED_FULL",
        omit_empty_frames=False,
        manufacturer_model_name=said.model_name,
        software_versions=said.model_digest,
        device_serial_number=said.model_digest,
        content_description="Where the model looked",
        content_label="EVIDENCE",
        **said.place(),
    )
    repeat_uids(made, said)
    return finish(made, said)


def _segment(
    said: Said, number: int, layer: Layer, regions: list[EvidenceRegion]
) -> seg.SegmentDescription:
    kind, resolution = layer
    code = ours.kind_code(kind)
    by_person = kind in ours.BY_PERSON
    how = seg.SegmentAlgorithmTypeValues
    described = seg.SegmentDescription(
        segment_number=number,
        segment_label=f"{code.meaning}, {resolution}"[:64],
        segmented_property_category=ours.IMAGE_REGION,
        segmented_property_type=code,
        algorithm_type=how.MANUAL if by_person else how.AUTOMATIC,
        algorithm_identification=None
        if by_person
        else AlgorithmIdentificationSequence(
            name=said.model_name,
            family=codes.DCM.ArtificialIntelligence,
            version=said.model_digest,
        ),
        tracking_uid=said.uid(kind, resolution),
        tracking_id=f"{kind} {resolution}",
    )
    rules = ", ".join(sorted({one.rule for one in regions if one.rule}))
    numbers = ", ".join(str(one.number) for one in regions)
    described.SegmentDescription = f"Evidence {numbers}; rule: {rules or 'none'}"
    return described
