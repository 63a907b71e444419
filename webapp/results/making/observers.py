"""Who observed: the model at this site, and the person who reviewed it."""

from __future__ import annotations

from highdicom import sr
from pydicom.sr.codedict import codes

from webapp.results.making.said import MANUFACTURER, Said
from webapp.results.making.signing import name_of
from webapp.results.making.uids import device_uid


def device_context(said: Said) -> sr.ObserverContext:
    """The model and its version, by TID 1004."""
    device = sr.DeviceObserverIdentifyingAttributes(
        uid=device_uid(said.model_digest),
        name=MANUFACTURER,
        manufacturer_name=MANUFACTURER,
        model_name=said.model_name,
        serial_number=said.model_digest,
    )
    return sr.ObserverContext(codes.DCM.Device, device)


def person_context(said: Said) -> sr.ObserverContext | None:
    """The reviewer by TID 1003; None if nobody has reviewed the answer."""
    if said.review is None:
        return None
    name = str(name_of(said.review.reviewer))
    return sr.ObserverContext(
        codes.DCM.Person, sr.PersonObserverIdentifyingAttributes(name)
    )
