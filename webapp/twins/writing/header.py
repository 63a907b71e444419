"""The header of one level as VL Whole Slide Microscopy Image (PS3.3 A.32.8)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from PIL import ImageCms
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, JPEGBaseline8Bit, VLWholeSlideMicroscopyImageStorage

from dragonfly.geometry import Size
from dragonfly.slide import Slide
from webapp.twins.writing.order import Order

DEPTH_MM = 0.001
"""Of the imaged volume: no scanner says it, and it may not be 0."""
EMPTY = (
    *("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "AccessionNumber"),
    *("ReferringPhysicianName", "StudyID"),
)


def header_of(slide: Slide, level: int, order: Order, uid: str) -> Dataset:
    """Everything but frames, their number and their colour model.

    Args:
        uid: of the instance.
    """
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    dataset.file_meta.MediaStorageSOPClassUID = VLWholeSlideMicroscopyImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = UID(uid)
    dataset.SOPClassUID, dataset.SOPInstanceUID = (
        VLWholeSlideMicroscopyImageStorage,
        uid,
    )
    _place(dataset, order, level)
    _picture(dataset, level)
    _matrix(dataset, slide, level, order)
    _glass(dataset, order)
    dataset.OpticalPathSequence = [_optical_path(slide)]
    return dataset


def _derived(order: Order, name: str) -> str:
    """A UID that all levels share (PS3.5 section B.2)."""
    return f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, f'{order.reference}/{name}').int}"


def _item(**attributes: object) -> Dataset:
    item = Dataset()
    for name, value in attributes.items():
        setattr(item, name, value)
    return item


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    return _item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


def _place(dataset: Dataset, order: Order, level: int) -> None:
    """Patient, study, series, equipment; nobody is named."""
    now = datetime.now(UTC)
    dataset.SpecificCharacterSet = "ISO_IR 192"
    for name in EMPTY:
        setattr(dataset, name, "")
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = order.study, order.series
    dataset.StudyDate = dataset.ContentDate = f"{now:%Y%m%d}"
    dataset.StudyTime = dataset.ContentTime = f"{now:%H%M%S}"
    dataset.AcquisitionDateTime = f"{now:%Y%m%d%H%M%S}"
    dataset.Modality, dataset.SeriesNumber, dataset.InstanceNumber = "SM", 1, level + 1
    dataset.Manufacturer, dataset.ManufacturerModelName = "Dragonfly", "DICOM twin"
    dataset.DeviceSerialNumber, dataset.SoftwareVersions = "1", "1"
    dataset.FrameOfReferenceUID = order.reference
    dataset.PositionReferenceIndicator = "SLIDE_CORNER"


def _picture(dataset: Dataset, level: int) -> None:
    kind = ["DERIVED", "PRIMARY", "VOLUME", "RESAMPLED" if level else "NONE"]
    dataset.ImageType = kind
    dataset.SamplesPerPixel, dataset.PlanarConfiguration = 3, 0
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
    dataset.PixelRepresentation = 0
    dataset.LossyImageCompression = "01"
    dataset.LossyImageCompressionMethod = "ISO_10918_1"
    dataset.BurnedInAnnotation = dataset.SpecimenLabelInImage = "NO"
    dataset.VolumetricProperties, dataset.FocusMethod = "VOLUME", "AUTO"
    dataset.ExtendedDepthOfField = "NO"
    dataset.AcquisitionContextSequence = []


def _matrix(dataset: Dataset, slide: Slide, level: int, order: Order) -> None:
    """Size in pixels and millimetres; the spacing that the level really has."""
    size, whole = slide.levels[level].size, slide.size
    cell: Size = slide.stored_cell(level)
    width_mm = whole.width * order.mpp_x / 1000
    height_mm = whole.height * order.mpp_y / 1000
    dataset.Columns, dataset.Rows = cell.width, cell.height
    dataset.TotalPixelMatrixColumns = size.width
    dataset.TotalPixelMatrixRows = size.height
    dataset.TotalPixelMatrixFocalPlanes = dataset.NumberOfOpticalPaths = 1
    dataset.ImagedVolumeWidth, dataset.ImagedVolumeHeight = width_mm, height_mm
    dataset.ImagedVolumeDepth = DEPTH_MM * 1000
    dataset.ImageOrientationSlide = [0, -1, 0, -1, 0, 0]
    dataset.TotalPixelMatrixOriginSequence = [
        _item(XOffsetInSlideCoordinateSystem=0, YOffsetInSlideCoordinateSystem=0)
    ]
    spacing = [f"{height_mm / size.height:.9g}", f"{width_mm / size.width:.9g}"]
    measures = _item(PixelSpacing=spacing, SliceThickness=DEPTH_MM)
    dataset.SharedFunctionalGroupsSequence = [
        _item(
            PixelMeasuresSequence=[measures],
            WholeSlideMicroscopyImageFrameTypeSequence=[
                _item(FrameType=dataset.ImageType)
            ],
            OpticalPathIdentificationSequence=[_item(OpticalPathIdentifier="1")],
        )
    ]
    organization = _item(DimensionOrganizationUID=_derived(order, "dimensions"))
    dataset.DimensionOrganizationSequence = [organization]
    dataset.DimensionOrganizationType = "TILED_FULL"


def _glass(dataset: Dataset, order: Order) -> None:
    dataset.ContainerIdentifier = order.container
    dataset.IssuerOfTheContainerIdentifierSequence = []
    dataset.ContainerTypeCodeSequence = [_code("433466003", "SCT", "Microscope slide")]
    dataset.SpecimenDescriptionSequence = [
        _item(
            SpecimenIdentifier=order.container,
            SpecimenUID=_derived(order, "specimen"),
            IssuerOfTheSpecimenIdentifierSequence=[],
            SpecimenPreparationSequence=[],
        )
    ]


def _optical_path(slide: Slide) -> Dataset:
    """White light, as slides are scanned; the slide's colour profile, or sRGB."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = slide.icc_profile or srgb
    return _item(
        OpticalPathIdentifier="1",
        IlluminationTypeCodeSequence=[
            _code("111744", "DCM", "Brightfield illumination")
        ],
        IlluminationColorCodeSequence=[_code("371251000", "SCT", "White")],
        ICCProfile=profile + bytes(len(profile) % 2),
    )
