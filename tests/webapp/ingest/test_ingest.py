"""From a complete upload to a slide that can be looked at, or to a reason why not."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytest_django.fixtures import Settings

from dragonfly.slide import open_slide
from dragonfly.slide.deidentify import deidentify
from tests.slides import (
    tissue_picture,
    truncate,
    write_bomb_png,
    write_dicom_image,
    write_dicom_wsi,
    write_pyramid,
)
from tests.webapp.ingest.arriving import (
    after_ingest,
    codes,
    prepared,
    prepared_folder,
    waiting,
)
from webapp.accounts.models import User
from webapp.event_stream import read_after
from webapp.slides.ingest import steps
from webapp.slides.ingest.events import slide_stream
from webapp.slides.ingest.lease import is_leased, lease
from webapp.slides.models import Slide, SlideAccess

pytestmark = pytest.mark.usefixtures("valkey")


@pytest.fixture
def svs(tmp_path: Path) -> Path:
    path = tmp_path / "liver.svs"
    write_pyramid(path, label=tissue_picture(60, 40, seed=5))
    return path


def test_a_slide_becomes_ready_with_all_that_the_file_says(
    alice: User, svs: Path, settings: Settings
) -> None:
    slide = prepared(alice, svs)
    assert (slide.state, slide.step, slide.failure_code) == ("ready", "", "")
    assert slide.entry == f"{slide.id}/original/slide.svs"
    assert (slide.width, slide.height, len(slide.levels)) == (640, 512, 3)
    assert (slide.mpp_x, slide.mpp_source, slide.magnification) == (0.5, "file", 20)
    assert slide.grid["tile"] == 128
    assert slide.tissue_share is not None
    assert 0.1 < slide.tissue_share < 0.6
    with open_slide(settings.SLIDE_FOLDER / slide.entry) as opened:
        assert opened.digest == slide.digest


def test_thumbnail_and_tissue_lie_beside_the_pixels(alice: User, svs: Path) -> None:
    slide = prepared(alice, svs)
    with Image.open(slide.folder / "derived" / "thumbnail.jpg") as thumbnail:
        assert thumbnail.size == (512, 410)
    with Image.open(slide.folder / "derived" / "tissue.png") as tissue:
        share = (np.asarray(tissue) == 255).mean()
    assert share == pytest.approx(slide.tissue_share, abs=1e-6)


def test_the_label_is_split_off(alice: User, svs: Path) -> None:
    slide = prepared(alice, svs)
    assert slide.has_label
    assert (slide.folder / "private" / "label.png").is_file()
    with open_slide(slide.path) as opened:
        assert len(opened.associated_images) == 0


def test_nothing_but_the_slides_own_folders_stays(
    alice: User, svs: Path, settings: Settings
) -> None:
    slide = prepared(alice, svs)
    assert sorted(p.name for p in slide.folder.iterdir()) == [
        "derived",
        "original",
        "private",
    ]
    assert list(settings.UPLOAD_FOLDER.iterdir()) == []


def test_each_step_is_an_event(alice: User, svs: Path) -> None:
    slide = prepared(alice, svs)
    told = [event.fields() for event in read_after(slide_stream(slide.id))]
    steps_told = [event["step"] for event in told if event["kind"] == "step"]
    states = [event["state"] for event in told if event["kind"] == "state"]
    assert steps_told == [
        "receive",
        "hash",
        "unpack",
        "deidentify",
        "open",
        "thumbnail",
        "tissue",
    ]
    assert states == ["checking", "preparing"]
    assert (told[-1]["kind"], told[-1]["state"]) == ("ready", "ready")


def test_doubts_are_noted(alice: User, tmp_path: Path) -> None:
    write_pyramid(tmp_path / "a.svs", mpp=None, magnification=None)
    slide = prepared(alice, tmp_path / "a.svs")
    assert (slide.state, codes(slide)) == ("ready_with_notes", ["PIXELSIZE_MISSING"])
    assert slide.mpp_x is None


def test_a_blank_slide_is_noted(alice: User, tmp_path: Path) -> None:
    write_pyramid(tmp_path / "a.svs", np.full((512, 512, 3), 240, np.uint8))
    assert "SLIDE_NO_TISSUE" in codes(prepared(alice, tmp_path / "a.svs"))


def test_a_dicom_folder_becomes_one_slide(alice: User, tmp_path: Path) -> None:
    write_dicom_wsi(tmp_path / "series")
    slide = prepared_folder(alice, tmp_path / "series")
    assert (slide.state, slide.width) == ("ready", 640)
    assert slide.entry == f"{slide.id}/original"
    names = sorted(file.name for file in slide.path.iterdir())
    assert names == ["00001.dcm", "00002.dcm"]


def test_what_a_person_calls_a_file_never_becomes_a_path(
    alice: User, svs: Path
) -> None:
    slide = prepared(alice, svs, name="../../Müller \N{DRAGON}.svs")
    assert slide.name == "Müller \N{DRAGON}.svs"
    assert [p.name for p in (slide.folder / "original").iterdir()] == ["slide.svs"]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.svs", b"this is no slide at all", "FORMAT_UNKNOWN"),
        ("a.mrxs", b"\xff\xd8\xff\xe0" + bytes(100), "FORMAT_COMPANION_MISSING"),
        ("a.zip", b"PK\x03\x04" + bytes(100), "ARCHIVE_CORRUPT"),
        ("a.dcm", bytes(128) + b"DICM" + bytes(50), "DICOM_NOT_IMAGE"),
    ],
)
def test_what_cannot_be_a_slide_fails_with_its_code(
    alice: User, tmp_path: Path, name: str, data: bytes, code: str
) -> None:
    (tmp_path / name).write_bytes(data)
    slide = prepared(alice, tmp_path / name)
    assert (slide.state, slide.failure_code) == ("failed", code)
    assert slide.failure_message
    assert not slide.folder.exists()


def test_a_cut_off_slide_fails(alice: User, svs: Path) -> None:
    truncate(svs)
    assert prepared(alice, svs).failure_code == "FORMAT_CORRUPT"


def test_a_picture_that_claims_to_be_huge_fails(alice: User, tmp_path: Path) -> None:
    write_bomb_png(tmp_path / "a.png")
    assert prepared(alice, tmp_path / "a.png").failure_code == "IMAGE_TOO_LARGE"


def test_two_slides_in_one_folder_are_refused(alice: User, tmp_path: Path) -> None:
    folder = tmp_path / "both"
    folder.mkdir()
    for name in ("a.svs", "b.svs"):
        write_pyramid(folder / name)
    assert prepared_folder(alice, folder).failure_code == "SLIDE_AMBIGUOUS"


def test_a_failure_is_told(alice: User, tmp_path: Path) -> None:
    (tmp_path / "a.svs").write_bytes(b"nothing")
    slide = prepared(alice, tmp_path / "a.svs")
    last = read_after(slide_stream(slide.id))[-1].fields()
    assert (last["kind"], last["code"]) == ("failed", "FORMAT_UNKNOWN")


def test_a_duplicate_points_to_its_twin_and_is_not_stored(
    alice: User, svs: Path
) -> None:
    first, second = prepared(alice, svs), prepared(alice, svs, name="again.svs")
    assert (second.state, second.failure_code) == ("failed", "UPLOAD_DUPLICATE")
    assert second.twin == first
    assert not second.folder.exists()
    assert (second.entry, second.has_label, second.byte_size) == ("", False, 0)
    assert first.state == "ready"


def test_the_same_slide_in_another_wrapping_is_a_duplicate(
    alice: User, tmp_path: Path
) -> None:
    write_dicom_image(tmp_path / "a.dcm", tissue_picture(64, 64), PatientName="A")
    first = prepared(alice, tmp_path / "a.dcm")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.dcm").write_bytes((tmp_path / "a.dcm").read_bytes())
    second = prepared_folder(alice, folder)
    assert second.twin == first


def test_a_strangers_slide_is_no_twin(alice: User, charlie: User, svs: Path) -> None:
    assert prepared(alice, svs).state == "ready"
    assert prepared(charlie, svs).state == "ready"


def test_a_slide_shared_with_me_is_a_twin(alice: User, bob: User, svs: Path) -> None:
    first = prepared(alice, svs)
    SlideAccess.objects.create(slide=first, user=bob)
    assert prepared(bob, svs).twin == first


def test_a_failed_or_deleted_slide_is_no_twin(alice: User, svs: Path) -> None:
    first = prepared(alice, svs)
    Slide.objects.filter(pk=first.pk).update(state=Slide.State.FAILED)
    assert prepared(alice, svs).state == "ready"


def test_of_two_at_once_the_one_that_is_ready_stays(alice: User, svs: Path) -> None:
    older, younger = waiting(alice, svs), waiting(alice, svs, name="b.svs")
    assert after_ingest(younger).state == "ready"
    assert after_ingest(older).twin == younger


def test_of_two_hashed_at_the_same_moment_the_older_stays(
    alice: User, svs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older, younger = waiting(alice, svs), waiting(alice, svs, name="b.svs")
    real = deidentify

    def meanwhile(*arguments: Path) -> object:
        sha256 = Slide.objects.get(pk=younger.pk).sha256
        Slide.objects.filter(pk=older.pk).update(sha256=sha256)
        return real(*arguments)

    monkeypatch.setattr(steps, "deidentify", meanwhile)
    assert after_ingest(younger).twin == older


def test_an_ingest_that_died_anywhere_is_finished_by_the_next(
    alice: User, svs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slide = waiting(alice, svs)
    names = ["collect", "unpacked", "place", "discard_arrived", "deidentify"]
    for name in names:
        die_after(monkeypatch, name)
        with pytest.raises(KilledError):
            steps.ingest(slide.id)
        monkeypatch.undo()
        monkeypatch.setattr("webapp.slides.ingest.steps.MOST_ATTEMPTS", 99)
    slide = after_ingest(slide)
    assert (slide.state, slide.ingest_attempts) == ("ready", len(names) + 1)
    assert slide.has_label


class KilledError(BaseException):
    """Stands for a process that ends."""


def die_after(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    real = getattr(steps, name)

    def dying(*arguments: object) -> None:
        real(*arguments)
        raise KilledError

    monkeypatch.setattr(steps, name, dying)


def test_a_slide_that_is_being_prepared_is_left_alone(alice: User, svs: Path) -> None:
    slide = waiting(alice, svs)
    with lease(slide.id) as is_ours:
        assert is_ours
        assert is_leased(slide.id)
        assert after_ingest(slide).state == "checking"
    assert not is_leased(slide.id)
    assert after_ingest(slide).state == "ready"


def test_a_slide_that_is_ready_is_not_prepared_again(alice: User, svs: Path) -> None:
    slide = prepared(alice, svs)
    assert after_ingest(slide).ingest_attempts == 1


def test_a_slide_deleted_meanwhile_stays_deleted(
    alice: User, svs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slide = waiting(alice, svs)
    real = deidentify

    def deleting(*arguments: Path) -> object:
        Slide.objects.update(deleted_at=slide.created_at)
        return real(*arguments)

    monkeypatch.setattr(steps, "deidentify", deleting)
    assert after_ingest(slide).state == "preparing"


def test_a_full_disk_is_said(
    alice: User, svs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(steps, "place", full)
    assert prepared(alice, svs).failure_code == "DISK_FULL"


def test_an_unexpected_error_fails_the_slide_and_is_raised(
    alice: User, svs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slide = waiting(alice, svs)
    monkeypatch.setattr(steps, "deidentify", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        steps.ingest(slide.id)
    slide.refresh_from_db()
    assert slide.failure_code == "UNEXPECTED"
    assert "division" not in slide.failure_message


def test_no_text_of_the_file_is_kept_in_the_record(alice: User, tmp_path: Path) -> None:
    path = tmp_path / "a.dcm"
    write_dicom_image(path, tissue_picture(64, 64), PatientName="Mustermann")
    slide = prepared(alice, path)
    fields = [str(getattr(slide, field.name)) for field in Slide._meta.fields]
    assert "Mustermann" not in " ".join(fields)
