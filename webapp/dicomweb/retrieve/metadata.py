"""Metadata: each object without what is long (PS3.18 section 10.4.1.1.2)."""

from __future__ import annotations

import json

from django.http.response import HttpResponseBase

from webapp.dicomweb.addresses import instance_at
from webapp.dicomweb.attributes import Json
from webapp.dicomweb.formats import dicom_answer
from webapp.dicomweb.models import Instance
from webapp.dicomweb.requests import Asked, dicomweb_view
from webapp.dicomweb.retrieve.finding import find_instances


@dicomweb_view("dicom.metadata")
def metadata(
    asked: Asked, study: str, series: str = "", instance: str = ""
) -> HttpResponseBase:
    """The headers of the objects, long values as addresses that can be fetched."""
    found = find_instances(asked.user, study, series, instance)
    return dicom_answer(asked, [header_of(asked.base, each) for each in found])


def header_of(base: str, instance: Instance) -> Json:
    """All attributes of an object, what is long as an address below `base`."""
    series = instance.series
    place = instance_at(base, series.study.uid, series.uid, instance.uid)
    text = (instance.folder / "metadata.json").read_text(encoding="utf-8")
    header: Json = json.loads(text)
    syntax = instance.transfer_syntax
    header["00083002"] = {"vr": "UI", "Value": [syntax]}
    _resolve(header, f"{place}/bulkdata/")
    return header


def _resolve(header: Json, place: str) -> None:
    for element in header.values():
        uri = element.get("BulkDataURI", "")
        if uri.startswith("bulk:"):
            element["BulkDataURI"] = place + uri.removeprefix("bulk:")
        if element["vr"] == "SQ":
            for item in element.get("Value", ()):
                _resolve(item or {}, place)
