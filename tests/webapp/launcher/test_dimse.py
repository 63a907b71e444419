"""DICOM objects are received by DIMSE only where that was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from dragonfly.errors import DragonflyError
from tests.webapp.launcher.test_checks import settings_of
from webapp.launcher.announcement import announcement
from webapp.launcher.processes import dimse


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DIMSE", "DIMSE_PORT", "DIMSE_HOST", "DIMSE_AE_TITLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("said", [{}, {"DIMSE": "off"}, {"DIMSE_PORT": "11112"}])
def test_nothing_is_received_unasked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: dict[str, str]
) -> None:
    launcher = settings_of(monkeypatch, tmp_path, **said)
    assert launcher.dimse_port is None
    assert "DICOM" not in announcement(launcher, {})


def test_a_free_port_is_found_and_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    launcher = settings_of(monkeypatch, tmp_path, DIMSE="1")
    assert launcher.dimse_port
    told = announcement(launcher, {})
    assert f"DRAGONFLY at 127.0.0.1 port {launcher.dimse_port}" in told
    environment = dimse(launcher.dimse_port, {}).environment
    assert environment["DIMSE_PORT"] == str(launcher.dimse_port)


def test_a_port_that_is_none_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(DragonflyError, match="DIMSE_PORT"):
        settings_of(monkeypatch, tmp_path, DIMSE="1", DIMSE_PORT="0x50")
