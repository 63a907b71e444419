"""One DICOM picture is shown as the standard's grey-scale pipeline says."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_modality_lut, apply_voi_lut
from pydicom.uid import (
    UID,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
)

from dragonfly.geometry import Region
from dragonfly.slide import Slide, open_slide
from tests.slides import Picture, dicom_image, tissue_picture, write_dicom_image

RAMP = np.arange(4096, dtype=np.uint16).reshape(64, 64)


def pixels_of(slide: Slide) -> Picture:
    return slide.read_region(Region.of(slide.size), slide.size)


def shown(path: Path, pixels: NDArray[np.generic], **attributes: object) -> Picture:
    write_dicom_image(path / "a.dcm", pixels, **attributes)  # type: ignore[arg-type]
    with open_slide(path / "a.dcm") as slide:
        return pixels_of(slide)


@pytest.mark.parametrize(
    "syntax", [ExplicitVRLittleEndian, RLELossless, JPEGLSLossless, JPEG2000Lossless]
)
def test_colour_comes_back_exactly(tmp_path: Path, syntax: UID) -> None:
    picture = tissue_picture(90, 70)
    assert (shown(tmp_path, picture, transfer_syntax=syntax) == picture).all()


@pytest.mark.parametrize(
    "syntax", [ExplicitVRLittleEndian, RLELossless, JPEGLSLossless]
)
@pytest.mark.parametrize(
    ("center", "width", "function"),
    [(2000, 1000, "LINEAR"), (2000, 1000, "LINEAR_EXACT"), (1500, 700, "SIGMOID")],
)
def test_a_window_shows_what_pydicom_computes(
    tmp_path: Path, syntax: UID, center: int, width: int, function: str
) -> None:
    window = {"WindowCenter": center, "WindowWidth": width, "VOILUTFunction": function}
    pixels = shown(
        tmp_path, RAMP, transfer_syntax=syntax, BitsStored=12, HighBit=11, **window
    )
    expected = apply_voi_lut(RAMP, dcmread(tmp_path / "a.dcm")) * 255 / 4095
    assert np.abs(pixels[..., 0] - expected).max() <= 1
    assert (pixels[..., 0] == pixels[..., 2]).all()


def test_rescaling_goes_before_the_window(tmp_path: Path) -> None:
    signed = (RAMP.astype(np.int16) - 2048).astype(np.int16)
    tags = {"RescaleSlope": 2, "RescaleIntercept": -100}
    pixels = shown(tmp_path, signed, WindowCenter=0, WindowWidth=2000, **tags)
    header = dcmread(tmp_path / "a.dcm")
    units = apply_modality_lut(signed, header)
    expected = np.clip((units + 0.5) / 1999 + 0.5, 0, 1) * 255
    assert np.abs(pixels[..., 0] - expected).max() <= 1


def test_the_first_of_several_windows_is_used(tmp_path: Path) -> None:
    one = shown(tmp_path, RAMP, WindowCenter=900, WindowWidth=300)
    many = shown(tmp_path, RAMP, WindowCenter=[900, 50], WindowWidth=[300, 10])
    assert (one == many).all()


def test_monochrome1_is_inverted(tmp_path: Path) -> None:
    window = {"WindowCenter": 2048, "WindowWidth": 4096}
    normal = shown(tmp_path, RAMP, **window)
    inverted = shown(tmp_path, RAMP, photometric="MONOCHROME1", **window)
    assert (inverted == 255 - normal).all()
    assert inverted[0, 0, 0] == 255


def test_a_lookup_table_for_the_values_of_interest(tmp_path: Path) -> None:
    table = Dataset()
    table.LUTDescriptor = [4096, 0, 8]
    table.LUTData = [255 - (i >> 4) for i in range(4096)]
    table["LUTData"].VR = "US"
    pixels = shown(tmp_path, RAMP, VOILUTSequence=[table])
    assert np.abs(pixels[..., 0] - (255 - (RAMP >> 4))).max() <= 1


def test_values_beyond_a_lookup_table_take_its_ends(tmp_path: Path) -> None:
    table = Dataset()
    table.LUTDescriptor = [256, 1000, 8]
    table.LUTData = [20, *range(1, 255), 230]
    table["LUTData"].VR = "US"
    pixels = shown(tmp_path, RAMP, VOILUTSequence=[table])
    assert (pixels[0, 0, 0], pixels[-1, -1, 0]) == (20, 230)


def test_a_lookup_table_of_the_modality_goes_first(tmp_path: Path) -> None:
    table = Dataset()
    table.LUTDescriptor = [4096, 0, 12]
    table.LUTData = [4095 - i for i in range(4096)]
    table["LUTData"].VR = "US"
    window = {"WindowCenter": 2048, "WindowWidth": 4096}
    pixels = shown(tmp_path, RAMP, ModalityLUTSequence=[table], **window)
    assert (pixels[0, 0, 0], pixels[-1, -1, 0]) == (255, 0)


def test_eight_bit_grey_needs_no_window(tmp_path: Path) -> None:
    grey = (RAMP % 256).astype(np.uint8)
    write_dicom_image(tmp_path / "a.dcm", grey)
    with open_slide(tmp_path / "a.dcm") as slide:
        assert (pixels_of(slide)[..., 0] == grey).all()
        assert "WINDOW_DERIVED" not in [note.code for note in slide.notes]


@pytest.mark.parametrize(
    ("window", "note"),
    [
        ({}, "WINDOW_DERIVED"),
        ({"WindowCenter": 60000, "WindowWidth": 10}, "WINDOW_REPLACED"),
        ({"WindowCenter": 100, "WindowWidth": 0}, "WINDOW_DERIVED"),
    ],
)
def test_a_missing_or_useless_window_is_derived_and_noted(
    tmp_path: Path, window: dict[str, int], note: str
) -> None:
    write_dicom_image(tmp_path / "a.dcm", RAMP, **window)  # type: ignore[arg-type]
    with open_slide(tmp_path / "a.dcm") as slide:
        pixels = pixels_of(slide)
        assert note in [each.code for each in slide.notes]
    assert (pixels.min(), pixels.max()) == (0, 255)


def test_a_large_picture_is_presented_in_strips_without_a_seam(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = {"WindowCenter": 2048, "WindowWidth": 4096}
    whole = shown(tmp_path, RAMP, **window)
    monkeypatch.setattr("dragonfly.slide.dicom_presentation._STRIP_VALUES", 700)
    assert (shown(tmp_path, RAMP, **window) == whole).all()


def test_a_palette_gives_colours(tmp_path: Path) -> None:
    indices = np.array([[0, 1], [2, 1]], np.uint8)
    palette: dict[str, object] = {}
    for name, entries in (
        ("Red", b"\xff\0\0\0"),
        ("Green", b"\0\xff\0\0"),
        ("Blue", b"\0\0\xff\0"),
    ):
        palette[f"{name}PaletteColorLookupTableDescriptor"] = [4, 0, 8]
        palette[f"{name}PaletteColorLookupTableData"] = entries
    pixels = shown(tmp_path, indices, photometric="PALETTE COLOR", **palette)
    assert pixels.tolist() == [
        [[255, 0, 0], [0, 255, 0]],
        [[0, 0, 255], [0, 255, 0]],
    ]


def test_ybr_becomes_rgb(tmp_path: Path) -> None:
    ybr = np.full((8, 8, 3), (76, 85, 255), np.uint8)
    pixels = shown(tmp_path, ybr, photometric="YBR_FULL")
    assert np.abs(pixels.astype(int) - (255, 0, 0)).max() <= 2


def test_sixteen_bit_colour_is_scaled_down(tmp_path: Path) -> None:
    picture = tissue_picture(20, 20)
    pixels = shown(tmp_path, picture.astype(np.uint16) * 257)
    assert (pixels == picture).all()


def test_the_first_frame_is_shown_unless_another_is_chosen(tmp_path: Path) -> None:
    frames = np.stack([np.full((8, 8), value, np.uint8) for value in (10, 20, 30)])
    for syntax in (ExplicitVRLittleEndian, RLELossless):
        write_dicom_image(tmp_path / "a.dcm", frames, frames=3, transfer_syntax=syntax)
        for frame, value in ((0, 10), (2, 30)):
            with open_slide(tmp_path / "a.dcm", frame=frame) as slide:
                assert (slide.frame_count, slide.frame) == (3, frame)
                assert (pixels_of(slide) == value).all()


def test_enhanced_objects_state_the_window_per_frame(tmp_path: Path) -> None:
    dataset = dicom_image(np.stack([RAMP, RAMP]), frames=2)
    groups = []
    for center in (1000, 3000):
        window, group = Dataset(), Dataset()
        window.WindowCenter, window.WindowWidth = center, 2
        group.FrameVOILUTSequence = [window]
        groups.append(group)
    dataset.PerFrameFunctionalGroupsSequence = groups
    dataset.save_as(tmp_path / "a.dcm", enforce_file_format=True)
    for frame, center in enumerate((1000, 3000)):
        with open_slide(tmp_path / "a.dcm", frame=frame) as slide:
            bright = pixels_of(slide)[..., 0] > 127
        assert (bright == (center <= RAMP)).all()


def test_pixel_spacing_is_rows_first_and_in_millimetres(tmp_path: Path) -> None:
    write_dicom_image(tmp_path / "a.dcm", RAMP, PixelSpacing=[0.4, 0.7])
    with open_slide(tmp_path / "a.dcm") as slide:
        assert (slide.mpp_x, slide.mpp_y) == (700, 400)
        assert "PIXELSIZE_ANISOTROPIC" in [note.code for note in slide.notes]
        assert slide.magnification is None


def test_properties_name_no_patient(tmp_path: Path) -> None:
    write_dicom_image(tmp_path / "a.dcm", RAMP, PatientName="Doe^Jane", PatientID="7")
    with open_slide(tmp_path / "a.dcm") as slide:
        assert slide.properties["dicom.Modality"] == "OT"
        assert "Doe" not in str(dict(slide.properties))


def test_a_file_without_a_preamble_is_still_dicom(tmp_path: Path) -> None:
    write_dicom_image(tmp_path / "a.dcm", tissue_picture(16, 16))
    dataset = dcmread(tmp_path / "a.dcm")
    del dataset.file_meta
    dataset.save_as(tmp_path / "bare.dcm", implicit_vr=False, little_endian=True)
    with open_slide(tmp_path / "bare.dcm") as slide:
        assert (pixels_of(slide) == tissue_picture(16, 16)).all()
