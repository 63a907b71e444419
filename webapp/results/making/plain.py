"""An object without a picture's geometry: patient, study, series, and what it is of."""

from __future__ import annotations

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from webapp.results.making.said import Said
from webapp.results.making.source import STUDY_FIELDS

COPIED = (*STUDY_FIELDS, "StudyInstanceUID", "StudyDescription")


def plain_object(said: Said, sop_class: str, modality: str) -> Dataset:
    """A new series of the source's study, in explicit little endian."""
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    for name in COPIED:
        if name in said.source.finest:
            setattr(made, name, said.source.finest[name].value)
    place = said.place()
    made.SOPClassUID = sop_class
    made.SOPInstanceUID = place["sop_instance_uid"]
    made.SeriesInstanceUID = place["series_instance_uid"]
    made.SeriesNumber = place["series_number"]
    made.InstanceNumber = place["instance_number"]
    made.Manufacturer = place["manufacturer"]
    made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    made.Modality = modality
    # A digital interface or a workstation: this is no scan of paper or film.
    made.ConversionType = "WSD"
    return made


def reference_to(header: Dataset) -> Dataset:
    """An item that names an object."""
    item = Dataset()
    item.ReferencedSOPClassUID = header.SOPClassUID
    item.ReferencedSOPInstanceUID = header.SOPInstanceUID
    return item
