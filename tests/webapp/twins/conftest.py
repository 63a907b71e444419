"""An uploaded slide that is no DICOM."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.slides import write_pyramid
from tests.webapp.factories import make_slide
from webapp.accounts.models import User
from webapp.celery import app
from webapp.dicomweb.sandbox.gate import end_nurseries
from webapp.slides.models import Slide


@pytest.fixture(scope="session", autouse=True)
def nurseries() -> Iterator[None]:
    """Their processes end with the run."""
    yield
    end_nurseries()


@pytest.fixture(autouse=True)
def dicom_folder(data_folder: Path, settings: Settings) -> None:
    settings.DICOM_FOLDER = data_folder / "dicom"
    settings.DICOM_FOLDER.mkdir(parents=True, exist_ok=True)
    settings.SERIES_QUIET_SECONDS = 0


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[str, ...]]]:
    """What was put on the queue."""
    found: list[tuple[str, tuple[str, ...]]] = []

    def keep(name: str, args: tuple[str, ...] = (), **_: object) -> None:
        found.append((name, args))

    monkeypatch.setattr(app, "send_task", keep)
    return found


@pytest.fixture
def slide(alice: User, valkey: str, data_folder: Path) -> Slide:
    """Three levels of JPEG tiles at 0.5 µm a pixel."""
    slide = make_slide(alice, mpp_x=0.5, mpp_y=0.5)
    slide.entry = f"{slide.pk}/original/liver.svs"
    slide.save()
    slide.path.parent.mkdir(parents=True)
    write_pyramid(slide.path)
    return slide
