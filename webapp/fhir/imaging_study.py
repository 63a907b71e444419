"""`ImagingStudy`: a stored DICOM study, as far as the caller sees it."""

from __future__ import annotations

from typing import Any

from webapp.dicomweb.attributes import text
from webapp.dicomweb.models import Instance, Series
from webapp.fhir.parts import Json, day_of, instant, patient_of, uid_identifier

DCM = "http://dicom.nema.org/resources/ontology/DCM"
CONNECTIONS = "http://terminology.hl7.org/CodeSystem/endpoint-connection-type"
SERVICE = "wado"


def imaging_study(study: Any, base: str) -> Json:
    """The resource.

    Args:
        study: as `webapp.fhir.searches.studies` has it.
        base: the address of DICOMweb, from where its objects can be had.
    """
    series = [_series(each) for each in study.seen_series]
    modalities = sorted({each["modality"]["code"] for each in series})
    found: Json = {
        "resourceType": "ImagingStudy",
        "id": study.uid,
        "meta": {"lastUpdated": instant(study.updated)},
        "contained": [_service(base)],
        "identifier": [uid_identifier(study.uid)],
        "status": "available",
        "modality": [_modality(code) for code in modalities],
        "subject": patient_of(study),
        "endpoint": [{"reference": f"#{SERVICE}"}],
        "numberOfSeries": len(series),
        "numberOfInstances": sum(each["numberOfInstances"] for each in series),
        "series": series,
    }
    if study.accession_number:
        found["identifier"].append(_accession(study.accession_number))
    if started := day_of(study.date):
        found["started"] = started
    return found | _described(study.attributes, "StudyDescription")


def _series(series: Series) -> Json:
    instances = [_instance(each) for each in series.instances.all()]
    return {
        "uid": series.uid,
        "modality": _modality(series.modality or "OT"),
        "numberOfInstances": len(instances),
        "endpoint": [{"reference": f"#{SERVICE}"}],
        "instance": instances,
        **_numbered(series.number),
        **_described(series.attributes, "SeriesDescription"),
    }


def _instance(instance: Instance) -> Json:
    sop_class = {
        "system": "urn:ietf:rfc:3986",
        "code": f"urn:oid:{instance.sop_class}",
    }
    return {
        "uid": instance.uid,
        "sopClass": sop_class,
        **_numbered(instance.number),
    }


def _numbered(number: int | None) -> Json:
    return {"number": number} if number is not None and number >= 0 else {}


def _described(attributes: Json, keyword: str) -> Json:
    words = text(attributes, keyword, 1024).strip()
    return {"description": words} if words else {}


def _modality(code: str) -> Json:
    return {"system": DCM, "code": code}


def _accession(number: str) -> Json:
    kind = {
        "system": "http://terminology.hl7.org/CodeSystem/v2-0203",
        "code": "ACSN",
    }
    return {"type": {"coding": [kind]}, "value": number}


def _service(base: str) -> Json:
    return {
        "resourceType": "Endpoint",
        "id": SERVICE,
        "status": "active",
        "connectionType": {"system": CONNECTIONS, "code": "dicom-wado-rs"},
        "payloadType": [{"text": "DICOM objects"}],
        "address": base,
    }
