"""Key Object Selection: the pictures that an answer is about."""

from __future__ import annotations

from highdicom import ko
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes

from webapp.results.making.observers import device_context
from webapp.results.making.said import Said, finish


def make_key_objects(said: Said) -> Dataset:
    """Title "Of Interest", by template TID 2010 (PS3.16)."""
    described = f"{said.question.text} {said.answer.text} ({said.intended_use})"
    pictures = list(said.source.pictures)
    made = ko.KeyObjectSelectionDocument(
        evidence=pictures,
        content=ko.KeyObjectSelection(
            document_title=codes.DCM.OfInterest,
            referenced_objects=pictures,
            observer_device_context=device_context(said),
            description=described,
        ),
        **said.place(),
    )
    return finish(made, said)
