"""`CapabilityStatement`: what is offered, for machines."""

from __future__ import annotations

from webapp.fhir.parts import Json

VERSION = "4.0.1"
CHANGED = "2026-11-23"
"""When what is offered changed last."""
MEDIA = "application/fhir+json"
RESOURCES = ("DiagnosticReport", "ImagingStudy", "Observation")
COMMON = {
    "_id": "token",
    "_lastUpdated": "date",
    "identifier": "token",
    "patient": "reference",
    "subject": "reference",
}
PARAMETERS = {
    "DiagnosticReport": {"date": "date", "status": "token"},
    "ImagingStudy": {"started": "date", "modality": "token"},
    "Observation": {"date": "date"},
}


def capability_statement(base: str) -> Json:
    """Of this site, whose FHIR is at `base`."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": CHANGED,
        "kind": "instance",
        "software": {"name": "Dragonfly for pathology"},
        "implementation": {
            "description": "Studies, and what a model answered about them. Research "
            "use only. Not for diagnosis or patient management.",
            "url": base,
        },
        "fhirVersion": VERSION,
        "format": [MEDIA],
        "rest": [_rest()],
    }


def _resource(name: str) -> Json:
    params = {**COMMON, **PARAMETERS[name]}
    return {
        "type": name,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "searchParam": [{"name": one, "type": kind} for one, kind in params.items()],
    }


def _rest() -> Json:
    service = {
        "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
        "code": "OAuth",
    }
    return {
        "mode": "server",
        "security": {
            "service": [{"coding": [service]}],
            "description": "A bearer token of the site or of its issuer, with the "
            "scope results.read.",
        },
        "resource": [_resource(name) for name in RESOURCES],
    }
