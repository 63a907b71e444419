"""Files get names of the server's own, and MIRAX slides need their folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from dragonfly.errors import DragonflyError
from tests.webapp.factories import make_slide
from webapp.accounts.models import User
from webapp.slides.ingest.placing import place
from webapp.slides.models import Slide


def arrived(slide: Slide, *names: str) -> Path:
    folder = slide.folder / "arrived"
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"\0" * 200)
    return folder


def placed(slide: Slide) -> list[str]:
    original = slide.folder / "original"
    found = [p for p in original.rglob("*") if p.is_file()]
    return sorted(p.relative_to(original).as_posix() for p in found)


@pytest.fixture
def slide(alice: User) -> Slide:
    return make_slide(alice)


def test_a_mirax_slide_loses_the_name_that_people_gave_it(slide: Slide) -> None:
    names = (
        "Erika M.mrxs",
        "Erika M/Slidedat.ini",
        "Erika M/Data0000.dat",
        "Thumbs.txt",
    )
    entry = place(slide, arrived(slide, *(f"drop/{name}" for name in names)))
    assert entry == f"{slide.id}/original/slide.mrxs"
    assert placed(slide) == ["slide.mrxs", "slide/Data0000.dat", "slide/Slidedat.ini"]


@pytest.mark.parametrize(
    "names", [("a.mrxs",), ("a.mrxs", "a/Data0000.dat"), ("a.mrxs", "b/Slidedat.ini")]
)
def test_a_mirax_slide_without_its_folder_is_refused(
    slide: Slide, names: tuple[str, ...]
) -> None:
    with pytest.raises(DragonflyError) as refusal:
        place(slide, arrived(slide, *names))
    assert refusal.value.code == "FORMAT_COMPANION_MISSING"


def test_hamamatsu_files_keep_the_names_by_which_they_find_each_other(
    slide: Slide,
) -> None:
    entry = place(slide, arrived(slide, "x/a.vms", "x/a_map.jpg", "x/a_0.jpg"))
    assert entry.endswith("/a.vms")
    assert placed(slide) == ["a.vms", "a_0.jpg", "a_map.jpg"]


def test_an_unknown_suffix_is_dropped(slide: Slide) -> None:
    place(slide, arrived(slide, "weird.sh"))
    assert placed(slide) == ["slide"]


def test_placing_again_gives_the_same(slide: Slide) -> None:
    folder = arrived(slide, "a.svs")
    assert place(slide, folder) == place(slide, folder)
    assert placed(slide) == ["slide.svs"]
    assert (folder / "a.svs").is_file()
