"""An encapsulated PDF: one page that a person can read without a viewer."""

from __future__ import annotations

from pydicom.dataset import Dataset
from pydicom.uid import EncapsulatedPDFStorage

from webapp.results.making.page import draw_page
from webapp.results.making.plain import plain_object, reference_to
from webapp.results.making.said import Said, finish
from webapp.results.making.scheme import SCHEME


def make_document(said: Said) -> Dataset:
    """The Encapsulated PDF IOD (PS3.3 section A.45.1)."""
    document = plain_object(said, EncapsulatedPDFStorage, "DOC")
    document.BurnedInAnnotation = "YES"
    document.VerificationFlag = "VERIFIED" if said.review else "UNVERIFIED"
    document.AcquisitionDateTime = f"{said.at:%Y%m%d%H%M%S}+0000"
    document.DocumentTitle = "Answer of a model about a slide"
    document.ConceptNameCodeSequence = [_title()]
    document.SourceInstanceSequence = [reference_to(said.source.finest)]
    document.MIMETypeOfEncapsulatedDocument = "application/pdf"
    page = draw_page(said)
    document.EncapsulatedDocumentLength = len(page)
    document.EncapsulatedDocument = page + b"\0" * (len(page) % 2)
    return finish(document, said)


def _title() -> Dataset:
    title = Dataset()
    title.CodeValue = "answer-page"
    title.CodingSchemeDesignator = SCHEME
    title.CodeMeaning = "Answer of a model about an image"
    return title
