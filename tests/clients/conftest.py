"""The web server with a study in it, for programs that other people wrote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from dicomweb_client.api import DICOMwebClient
from dicomweb_client.session_utils import create_session

from tests.clients.pages import Pages, served
from tests.clients.setting_up import OHIF, state
from tests.stack import Stack


@dataclass(frozen=True)
class Archive:
    """Where the study is, and the token of whoever may see it."""

    url: str
    """Of the DICOMweb services."""
    study: str
    series: str
    copy: str
    """The study of a slide that is no DICOM."""
    token: str
    pages: Pages
    """Served from another origin, which the site lets in."""

    def client(self) -> DICOMwebClient:
        session = create_session()
        session.headers["Authorization"] = f"Bearer {self.token}"
        return DICOMwebClient(self.url, session=session)


@pytest.fixture(scope="package")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("archive")
    with served(OHIF) as pages:
        settings = {"CORS_ALLOWED_ORIGINS": pages.url, "SERIES_QUIET_SECONDS": "0"}
        stack = Stack(folder, settings=settings)
        with stack:
            stack.start("valkey")
            filled = stack.django(
                "from tests.clients.filling import fill; result = fill(folder)",
                folder=str(folder / "study"),
            )
            stack.start("web")
            yield Archive(f"{stack.url}/dicom-web", pages=pages, **filled)


@pytest.fixture(autouse=True)
def is_here(request: pytest.FixtureRequest) -> None:
    """Skip a test marked `needs("…")` where that program could not be set up."""
    for mark in request.node.iter_markers("needs"):
        if missing := state()[mark.args[0]]:
            pytest.skip(f"{mark.args[0]} is not here: {missing}")
