"""Writers of tiny slides and DICOM images, good and nasty, for tests of every package.

Pixels are made by arithmetic from a seed; nothing here comes from a patient.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import simplejpeg
import tifffile
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    SecondaryCaptureImageStorage,
    VLWholeSlideMicroscopyImageStorage,
    generate_uid,
)

Picture = NDArray[np.uint8]
SUBSAMPLING = {"444": (1, 1), "422": (2, 1), "420": (2, 2)}
GLASS = (243, 241, 244)


def tissue_picture(width: int = 640, height: int = 512, seed: int = 0) -> Picture:
    """A pale slide with one stained, nucleated piece: uint8 RGB (height, width, 3)."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    radius = np.hypot((x - width * 0.45) / width, (y - height * 0.5) / height)
    wave = 0.5 + 0.25 * np.sin(x / 23) + 0.25 * np.cos(y / 17)
    eosin, nucleus = np.array([221, 150, 190]), np.array([92, 60, 140])
    nuclei = (np.sin(x / 4.1) + np.cos(y / 3.7) > 1.1)[..., None]
    stained = np.where(nuclei, nucleus, eosin - 30 * wave[..., None])
    picture = np.where((radius < 0.33)[..., None], stained, np.array(GLASS))
    noisy = picture + random.normal(0, 2, picture.shape)
    return noisy.clip(0, 255).astype(np.uint8)


def halved(picture: Picture, factor: int) -> Picture:
    """The picture reduced by a box filter; sides are rounded down as scanners do."""
    height, width = picture.shape[0] // factor, picture.shape[1] // factor
    box = (0, 0, width * factor, height * factor)
    reduced = Image.fromarray(picture).reduce(factor, box=box)
    return np.asarray(reduced)


def write_pyramid(
    path: Path,
    picture: Picture | None = None,
    *,
    downsamples: Sequence[int] = (1, 2, 4),
    tile: int = 128,
    mpp: float | None = 0.5,
    magnification: float | None = 20,
    aperio: bool = True,
    stored_as_rgb: bool = False,
    shared_tables: bool = False,
    quality: int = 95,
    subsampling: str = "444",
    label: Picture | None = None,
) -> Picture:
    """Write a tiled pyramidal JPEG TIFF that OpenSlide opens; returns level 0.

    `aperio` writes a description as Aperio scanners do, with `mpp` and
    `magnification` where given; otherwise it is a generic TIFF and `mpp` goes into the
    resolution tag. `label` is stored beside the slide, as scanners store the picture
    of the paper label; only with `aperio`.
    """
    picture = tissue_picture() if picture is None else picture
    with tifffile.TiffWriter(path, bigtiff=False) as file:
        for downsample in downsamples:
            level = halved(picture, downsample) if downsample > 1 else picture
            encoded = list(
                _encoded_tiles(level, tile, stored_as_rgb, quality, subsampling)
            )
            tables = _jpeg_tables(encoded[0]) if shared_tables else None
            tiles = [_without_tables(t) for t in encoded] if shared_tables else encoded
            height, width = level.shape[:2]
            file.write(
                iter(tiles),
                shape=(height, width, 3),
                dtype=np.uint8,
                tile=(tile, tile),
                compression="jpeg",
                jpegtables=tables,
                photometric="rgb" if stored_as_rgb else "ycbcr",
                subsampling=SUBSAMPLING["444" if stored_as_rgb else subsampling],
                compressionargs={"outcolorspace": "RGB"} if stored_as_rgb else None,
                subfiletype=0 if downsample == 1 else 1,
                description=_description(width, height, tile, mpp, magnification)
                if aperio
                else "",
                resolution=(1e4 / mpp, 1e4 / mpp) if mpp and not aperio else (1, 1),
                resolutionunit="CENTIMETER" if mpp and not aperio else "NONE",
                metadata=None,
                software=False,
            )
        if label is not None:
            height, width = label.shape[:2]
            file.write(
                label,
                photometric="rgb",
                subfiletype=1,
                description=f"Aperio Image Library v12.0.0 \r\nlabel {width}x{height}",
                metadata=None,
                software=False,
            )
    return picture


def _description(
    width: int, height: int, tile: int, mpp: float | None, power: float | None
) -> str:
    text = f"Aperio Image Library v12.0.0 \r\n{width}x{height} ({tile}x{tile}) JPEG"
    if power is not None:
        text += f"|AppMag = {power:g}"
    return text + (f"|MPP = {mpp:g}" if mpp is not None else "")


def _encoded_tiles(
    level: Picture, tile: int, rgb: bool, quality: int, subsampling: str
) -> Iterator[bytes]:
    height, width = level.shape[:2]
    padded = np.pad(
        level, ((0, -height % tile), (0, -width % tile), (0, 0)), mode="edge"
    )
    for y in range(0, height, tile):
        for x in range(0, width, tile):
            part = np.ascontiguousarray(padded[y : y + tile, x : x + tile])
            yield _encode_jpeg(part, rgb, quality, subsampling)


def _encode_jpeg(part: Picture, rgb: bool, quality: int, subsampling: str) -> bytes:
    if not rgb:
        coded: bytes = simplejpeg.encode_jpeg(part, quality, "RGB", subsampling)
        return coded
    # The three colours stored as they are, without a marker that says so: what old
    # Aperio scanners write and what browsers then show in false colours.
    buffer = BytesIO()
    Image.fromarray(part).save(
        buffer, "JPEG", quality=quality, keep_rgb=True, subsampling=0
    )
    plain = _without_segments(buffer.getvalue(), {0xE0, 0xEE})
    for name, number in ((b"R", b"\x01"), (b"G", b"\x02"), (b"B", b"\x03")):
        plain = plain.replace(name + b"\x11\x00", number + b"\x11\x00", 1)
    scan = plain.index(b"\xff\xda\x00\x0c\x03") + 5
    return plain[:scan] + b"\x01\x00\x02\x00\x03\x00" + plain[scan + 6 :]


def _segments(jpeg: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker segments up to the scan; the rest comes as marker 0xDA."""
    at = 2
    while jpeg[at + 1] != 0xDA:
        length = int.from_bytes(jpeg[at + 2 : at + 4], "big") + 2
        yield jpeg[at + 1], jpeg[at : at + length]
        at += length
    yield 0xDA, jpeg[at:]


def _without_segments(jpeg: bytes, markers: set[int]) -> bytes:
    return b"\xff\xd8" + b"".join(s for m, s in _segments(jpeg) if m not in markers)


def _jpeg_tables(jpeg: bytes) -> bytes:
    kept = b"".join(s for m, s in _segments(jpeg) if m in {0xDB, 0xC4})
    return b"\xff\xd8" + kept + b"\xff\xd9"


def _without_tables(jpeg: bytes) -> bytes:
    return _without_segments(jpeg, {0xDB, 0xC4, 0xE0})


def damage_tile(path: Path, index: int, *, level: int = 0) -> None:
    """Overwrite one stored tile of a TIFF with bytes that no decoder accepts."""
    with tifffile.TiffFile(path) as file:
        page = file.pages[level]
        offset, length = page.dataoffsets[index], page.databytecounts[index]
    with path.open("r+b") as raw:
        raw.seek(offset)
        raw.write(b"\x00" * length)


def truncate(path: Path, share: float = 0.5) -> None:
    """Cut the file as an interrupted upload would."""
    kept = path.read_bytes()[: int(path.stat().st_size * share)]
    path.write_bytes(kept)


def write_bomb_png(path: Path, side: int = 30_000) -> None:
    """A small PNG that claims `side` x `side` pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 100_000)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", data)
        + chunk(b"IEND", b"")
    )


def dicom_dataset(sop_class: str, transfer_syntax: str) -> Dataset:
    """An empty DICOM object with the identifiers that every file needs."""
    dataset = Dataset()
    dataset.SOPClassUID = sop_class
    dataset.SOPInstanceUID = generate_uid()
    dataset.StudyInstanceUID = generate_uid()
    dataset.SeriesInstanceUID = generate_uid()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = UID(sop_class)
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta.TransferSyntaxUID = UID(transfer_syntax)
    return dataset


def dicom_image(
    pixels: NDArray[np.generic],
    *,
    photometric: str | None = None,
    frames: int | None = None,
    **attributes: object,
) -> Dataset:
    """A secondary capture of `pixels`, (h, w), (h, w, 3) or with frames in front."""
    dataset = dicom_dataset(SecondaryCaptureImageStorage, ExplicitVRLittleEndian)
    shape = pixels.shape[1:] if frames else pixels.shape
    colour = len(shape) == 3
    dataset.Modality = "OT"
    dataset.Rows, dataset.Columns = shape[:2]
    dataset.SamplesPerPixel = 3 if colour else 1
    if colour:
        dataset.PlanarConfiguration = 0
    dataset.PhotometricInterpretation = photometric or (
        "RGB" if colour else "MONOCHROME2"
    )
    if frames:
        dataset.NumberOfFrames = frames
    bits = pixels.dtype.itemsize * 8
    dataset.BitsAllocated = dataset.BitsStored = bits
    dataset.HighBit = bits - 1
    dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
    for name, value in attributes.items():
        setattr(dataset, name, value)
    data = np.ascontiguousarray(pixels).tobytes()
    dataset.PixelData = data + b"\0" * (len(data) % 2)
    dataset["PixelData"].VR = "OB" if bits == 8 else "OW"
    return dataset


def write_dicom_image(
    path: Path,
    pixels: NDArray[np.generic],
    *,
    transfer_syntax: str = ExplicitVRLittleEndian,
    photometric: str | None = None,
    frames: int | None = None,
    **attributes: object,
) -> Dataset:
    """Write `pixels` as one DICOM file, compressed losslessly where asked."""
    dataset = dicom_image(pixels, photometric=photometric, frames=frames, **attributes)
    if transfer_syntax != ExplicitVRLittleEndian:
        dataset.compress(transfer_syntax, generate_instance_uid=False)
    dataset.save_as(path, enforce_file_format=True)
    return dataset


def write_dicom_wsi(
    folder: Path,
    picture: Picture | None = None,
    *,
    downsamples: Sequence[int] = (1, 2),
    tile: int = 128,
    mpp: float = 0.5,
    transfer_syntax: str = JPEGBaseline8Bit,
    sparse: bool = False,
) -> Picture:
    """Write a DICOM whole-slide series, one file per level; returns level 0.

    `sparse` writes TILED_SPARSE frames in reverse order and leaves the first tile out.
    """
    picture = tissue_picture() if picture is None else picture
    folder.mkdir(exist_ok=True)
    study, series, frame_of_reference = (generate_uid() for _ in range(3))
    for number, downsample in enumerate(downsamples, 1):
        level = halved(picture, downsample) if downsample > 1 else picture
        dataset = _wsi_level(level, tile, mpp * downsample, transfer_syntax, sparse)
        dataset.StudyInstanceUID, dataset.SeriesInstanceUID = study, series
        dataset.FrameOfReferenceUID = frame_of_reference
        dataset.InstanceNumber = number
        dataset.ImageType[3:] = ["NONE" if downsample == 1 else "RESAMPLED"]
        dataset.save_as(folder / f"level{number}.dcm", enforce_file_format=True)
    return picture


def _wsi_level(
    level: Picture, tile: int, mpp: float, transfer_syntax: str, sparse: bool
) -> Dataset:
    height, width = level.shape[:2]
    dataset = dicom_dataset(VLWholeSlideMicroscopyImageStorage, transfer_syntax)
    dataset.Modality = "SM"
    dataset.ImageType = ["DERIVED", "PRIMARY", "VOLUME", "NONE"]
    dataset.SamplesPerPixel, dataset.PlanarConfiguration = 3, 0
    jpeg = transfer_syntax == JPEGBaseline8Bit
    dataset.PhotometricInterpretation = "YBR_FULL_422" if jpeg else "RGB"
    dataset.Rows = dataset.Columns = tile
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit, dataset.PixelRepresentation = 7, 0
    dataset.TotalPixelMatrixColumns, dataset.TotalPixelMatrixRows = width, height
    dataset.TotalPixelMatrixFocalPlanes = 1
    dataset.NumberOfOpticalPaths = 1
    dataset.ImagedVolumeWidth = width * mpp / 1000
    dataset.ImagedVolumeHeight = height * mpp / 1000
    dataset.DimensionOrganizationType = "TILED_SPARSE" if sparse else "TILED_FULL"
    dataset.OpticalPathSequence = [_item(OpticalPathIdentifier="1")]
    measures = _item(PixelSpacing=[mpp / 1000, mpp / 1000], SliceThickness=0.001)
    dataset.SharedFunctionalGroupsSequence = [_item(PixelMeasuresSequence=[measures])]
    tiles = list(_tiles(level, tile))
    if sparse:
        tiles = tiles[:0:-1]
        dataset.PerFrameFunctionalGroupsSequence = [
            _position(x, y) for x, y, _ in tiles
        ]
    dataset.NumberOfFrames = len(tiles)
    _store(dataset, [part for _, _, part in tiles], transfer_syntax)
    return dataset


def _store(dataset: Dataset, parts: list[Picture], transfer_syntax: str) -> None:
    if transfer_syntax == JPEGBaseline8Bit:
        frames = [simplejpeg.encode_jpeg(p, 95, "RGB", "422") for p in parts]
        dataset.PixelData = encapsulate(frames)
        dataset["PixelData"].VR = "OB"
        return
    dataset.PixelData = b"".join(part.tobytes() for part in parts)
    dataset["PixelData"].VR = "OB"
    if transfer_syntax != ExplicitVRLittleEndian:
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset.compress(transfer_syntax, generate_instance_uid=False)


def _item(**attributes: object) -> Dataset:
    item = Dataset()
    for name, value in attributes.items():
        setattr(item, name, value)
    return item


def _position(x: int, y: int) -> Dataset:
    place = _item(
        ColumnPositionInTotalImagePixelMatrix=x + 1,
        RowPositionInTotalImagePixelMatrix=y + 1,
    )
    return _item(PlanePositionSlideSequence=[place])


def _tiles(level: Picture, tile: int) -> Iterator[tuple[int, int, Picture]]:
    height, width = level.shape[:2]
    padded = np.pad(
        level, ((0, -height % tile), (0, -width % tile), (0, 0)), mode="edge"
    )
    for y in range(0, height, tile):
        for x in range(0, width, tile):
            yield x, y, np.ascontiguousarray(padded[y : y + tile, x : x + tile])
