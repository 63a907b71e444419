"""Microscopy Bulk Simple Annotations: the regions, one group for each kind."""

from __future__ import annotations

from highdicom import AlgorithmIdentificationSequence, ann
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes

from dragonfly.errors import DragonflyError
from dragonfly.geometry import Region
from webapp.questions.models import EvidenceRegion
from webapp.results.making import codes as ours
from webapp.results.making.places import Corners, on_the_glass
from webapp.results.making.said import Said, finish


def make_annotations(said: Said) -> Dataset:
    """Rectangles on the glass in millimetres (PS3.3 section C.37.1).

    Raises:
        DragonflyError: RESULT_NOT_POSSIBLE, there is nothing to draw or nowhere to.
    """
    by_kind: dict[str, list[EvidenceRegion]] = {}
    for evidence in said.evidence:
        by_kind.setdefault(evidence.kind, []).append(evidence)
    if not by_kind:
        raise DragonflyError(
            "RESULT_NOT_POSSIBLE", "This answer names no region that could be drawn."
        )
    groups = [
        _group(said, number, kind, regions)
        for number, (kind, regions) in enumerate(by_kind.items(), start=1)
    ]
    made = ann.MicroscopyBulkSimpleAnnotations(
        source_images=list(said.source.pictures),
        annotation_coordinate_type=ann.AnnotationCoordinateTypeValues.SCOORD3D,
        annotation_groups=groups,
        manufacturer_model_name=said.model_name,
        software_versions=said.model_digest,
        device_serial_number=said.model_digest,
        content_description="Regions behind an answer of the model",
        content_label="EVIDENCE",
        **said.place(),
    )
    return finish(made, said)


def _group(
    said: Said, number: int, kind: str, regions: list[EvidenceRegion]
) -> ann.AnnotationGroup:
    code = ours.kind_code(kind)
    by_person = kind in ours.BY_PERSON
    how = ann.AnnotationGroupGenerationTypeValues
    model = AlgorithmIdentificationSequence(
        name=said.model_name,
        family=codes.DCM.ArtificialIntelligence,
        version=said.model_digest,
    )
    return ann.AnnotationGroup(
        number=number,
        uid=said.uid(kind),
        label=code.meaning,
        annotated_property_category=ours.IMAGE_REGION,
        annotated_property_type=code,
        graphic_type=ann.GraphicTypeValues.RECTANGLE,
        graphic_data=[_outline(said, evidence) for evidence in regions],
        algorithm_type=how.MANUAL if by_person else how.AUTOMATIC,
        algorithm_identification=None if by_person else model,
    )


def _outline(said: Said, evidence: EvidenceRegion) -> Corners:
    """Four corners, (4, 3) in millimetres."""
    outline = on_the_glass(said.source, Region(**evidence.region_fields()))
    if outline is None:
        raise DragonflyError(
            "RESULT_NOT_POSSIBLE",
            "The source image does not say where it lies on the glass.",
        )
    return outline[:-1]
