"""An encapsulated PDF: one page that a person can read without a viewer."""

from __future__ import annotations

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import EncapsulatedPDFStorage, ExplicitVRLittleEndian

from webapp.results.making.page import draw_page
from webapp.results.making.said import Said, finish
from webapp.results.making.scheme import SCHEME
from webapp.results.making.source import STUDY_FIELDS

COPIED = (*STUDY_FIELDS, "StudyInstanceUID", "StudyDescription")


def make_document(said: Said) -> Dataset:
    """The Encapsulated PDF IOD (PS3.3 section A.45.1)."""
    document = Dataset()
    document.file_meta = FileMetaDataset()
    document.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    for name in COPIED:
        if name in said.source.finest:
            setattr(document, name, said.source.finest[name].value)
    place = said.place()
    document.SOPClassUID = EncapsulatedPDFStorage
    document.SOPInstanceUID = place["sop_instance_uid"]
    document.SeriesInstanceUID = place["series_instance_uid"]
    document.SeriesNumber = place["series_number"]
    document.InstanceNumber = place["instance_number"]
    document.Manufacturer = place["manufacturer"]
    document.file_meta.MediaStorageSOPClassUID = document.SOPClassUID
    document.file_meta.MediaStorageSOPInstanceUID = document.SOPInstanceUID
    document.Modality = "DOC"
    document.ConversionType = "WSD"
    document.BurnedInAnnotation = "YES"
    document.VerificationFlag = "VERIFIED" if said.review else "UNVERIFIED"
    document.AcquisitionDateTime = f"{said.at:%Y%m%d%H%M%S}+0000"
    document.DocumentTitle = "Answer of a model about a slide"
    document.ConceptNameCodeSequence = [_title()]
    document.SourceInstanceSequence = [_reference(said.source.finest)]
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


def _reference(header: Dataset) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID = header.SOPClassUID
    item.ReferencedSOPInstanceUID = header.SOPInstanceUID
    return item
