"""The structured report: Comprehensive 3D SR by template TID 1500 (PS3.16)."""

from __future__ import annotations

from collections.abc import Iterator

from highdicom import sr
from highdicom.sr.enum import RelationshipTypeValues as Relation
from highdicom.sr.templates import LanguageOfContentItemAndDescendants
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from dragonfly.geometry import Region
from webapp.questions.models import EvidenceRegion
from webapp.results.making import codes as ours
from webapp.results.making.observers import device_context, person_context
from webapp.results.making.places import corners, on_the_glass
from webapp.results.making.said import Said, finish
from webapp.results.making.signing import sign

ENGLISH = sr.CodedConcept("en", "RFC5646", "English")


def make_report(said: Said) -> Dataset:
    """Question, answer and evidence; preliminary and unverified until reviewed."""
    source = said.source
    procedure = ours.LIGHT_MICROSCOPY if source.is_slide else ours.IMAGING_PROCEDURE
    content = sr.MeasurementReport(
        observation_context=_observers(said),
        procedure_reported=procedure,
        imaging_measurements=list(_groups(said)) or None,
        language_of_content_item_and_descendants=LanguageOfContentItemAndDescendants(
            ENGLISH
        ),
        referenced_images=[source.finest],
    )
    content[0].ContentSequence.append(_evaluations(said))
    report = sr.Comprehensive3DSR(
        evidence=[source.finest],
        content=content[0],
        is_complete=True,
        previous_versions=list(said.earlier) or None,
        **said.place(),
    )
    sign(report, said)
    return finish(report, said)


def _observers(said: Said) -> sr.ObservationContext:
    return sr.ObservationContext(
        observer_person_context=person_context(said),
        observer_device_context=device_context(said),
        subject_context=_specimen(said),
    )


def _specimen(said: Said) -> sr.SubjectContext | None:
    """The piece of tissue, where the source describes exactly one."""
    described = said.source.finest.get("SpecimenDescriptionSequence") or []
    if len(described) != 1 or not described[0].get("SpecimenUID"):
        return None
    specimen = sr.SubjectContextSpecimen(
        uid=described[0].SpecimenUID,
        identifier=described[0].get("SpecimenIdentifier") or None,
        container_identifier=said.source.finest.get("ContainerIdentifier") or None,
    )
    return sr.SubjectContext(codes.DCM.Specimen, specimen)


def _groups(
    said: Said,
) -> Iterator[sr.PlanarROIMeasurementsAndQualitativeEvaluations]:
    """One measurement group a region."""
    asked = said.question.region
    if asked is not None:
        label = "Region that was asked about"
        yield _group(said, _place(said, asked), label, ours.ASKED_ABOUT)
    for evidence in said.evidence:
        place = _place(said, Region(**evidence.region_fields()))
        kind = ours.kind_code(evidence.kind)
        yield _group(said, place, f"Evidence {evidence.number}", kind, evidence)


def _group(
    said: Said,
    place: sr.ImageRegion | sr.ImageRegion3D,
    label: str,
    kind: Code,
    evidence: EvidenceRegion | None = None,
) -> sr.PlanarROIMeasurementsAndQualitativeEvaluations:
    measured = []
    if evidence is not None:
        measured = [sr.Measurement(ours.SCORE, evidence.score, ours.NO_UNITS)]
    return sr.PlanarROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=sr.TrackingIdentifier(said.uid(label), label),
        referenced_region=place,
        finding_category=ours.IMAGE_REGION,
        finding_type=kind,
        algorithm_id=sr.AlgorithmIdentification(said.model_name, said.model_digest),
        measurements=measured or None,
    )


def _place(said: Said, region: Region) -> sr.ImageRegion | sr.ImageRegion3D:
    """On the glass in millimetres if that is known, else in the source's pixels."""
    source = said.source
    glass = on_the_glass(source, region)
    if glass is not None:
        return sr.ImageRegion3D(
            sr.GraphicTypeValues3D.POLYGON, glass, source.frame_of_reference
        )
    image = sr.SourceImageForRegion.from_source_image(source.finest)
    origin = sr.PixelOriginInterpretationValues.VOLUME if source.is_slide else None
    return sr.ImageRegion(sr.GraphicTypeValues.POLYLINE, corners(region), image, origin)


def _evaluations(said: Said) -> sr.ContainerContentItem:
    """The Qualitative Evaluations of TID 1500: question, answer, and their bounds."""
    container = sr.ContainerContentItem(
        name=ours.QUALITATIVE, relationship_type=Relation.CONTAINS
    )
    items = [
        sr.TextContentItem(name, text, Relation.CONTAINS)
        for name, text in _texts(said)
        if text.strip()
    ]
    container.ContentSequence = sr.ContentSequence(items)
    return container


def _texts(said: Said) -> Iterator[tuple[Code, str]]:
    yield ours.QUESTION, said.question.text
    yield ours.ANSWER, said.answer.text
    if said.review is not None:
        yield ours.VERDICT, said.review.verdict
        yield ours.CORRECTED, said.review.corrected_answer
        yield ours.COMMENT, said.review.comment
    for note in said.answer.notes:
        yield ours.NOTE, str(note.get("message", ""))
    for one in said.evidence:
        where = f"x {one.x}, y {one.y}, width {one.width}, height {one.height}"
        yield ours.EVIDENCE, f"{one.number} ({one.kind}): {where}"
    yield ours.INTENDED_USE, said.intended_use
