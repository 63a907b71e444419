"""A program that cannot be had is named with the reason, and tried again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients import setting_up
from tests.clients.setting_up import NotHereError, main, state


@pytest.fixture
def tries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Of a program that comes at the second try."""
    found: list[str] = []

    def set_up() -> None:
        found.append("tried")
        if len(found) < 2:
            raise NotHereError("the registry cannot be reached")

    monkeypatch.setattr(setting_up, "KEPT", tmp_path)
    monkeypatch.setattr(setting_up, "PROGRAMS", {"viewer": set_up})
    return found


def test_before_it_was_tried_it_is_not_here(tries: list[str]) -> None:
    assert "never set up" in state()["viewer"]


def test_a_failure_is_told_and_tried_again(
    tries: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    main()
    assert state() == {"viewer": "the registry cannot be reached"}
    assert "viewer could not be set up" in capsys.readouterr().err
    main()
    main()
    assert state() == {"viewer": ""}
    assert len(tries) == 2


def test_what_a_command_says_of_its_failure_is_the_reason(tmp_path: Path) -> None:
    with pytest.raises(NotHereError, match="no such host"):
        setting_up._run(["sh", "-c", "echo error: no such host >&2; false"], tmp_path)
