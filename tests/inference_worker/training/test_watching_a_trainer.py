"""What is done with a trainer that is asked to stop, dies, or fills the disk.

The trainer is a few lines of Python here, so that each end can be had at will.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from inference_worker.training import training
from inference_worker.training.child import Child
from inference_worker.training.training import Left, Training
from tests.inference_worker.training.conftest import Office

ENDS_WHEN_ASKED = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
pathlib.Path("ready").write_text("")
while True: time.sleep(0.01)
"""
Start = Callable[[str], Training]


@pytest.fixture
def start(
    job: Callable[..., Training], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Training]:
    """A job whose trainer is this program."""

    def make(program: str) -> Training:
        attempt = job()
        command = [sys.executable, "-c", program]
        monkeypatch.setattr(attempt, "_train_command", lambda: command)
        return attempt

    return make


def once_ready(attempt: Training, said: str) -> Callable[[], str]:
    return lambda: said if (attempt.run.folder / "ready").exists() else ""


@pytest.mark.parametrize(
    ("wish", "outcome"), [("pause", "paused"), ("cancel", "cancelled")]
)
def test_a_wish_ends_the_trainer(
    start: Start, office: Office, wish: str, outcome: str
) -> None:
    attempt = start(ENDS_WHEN_ASKED)
    office.wishes = once_ready(attempt, wish)  # type: ignore[assignment]

    assert attempt.end().outcome == outcome


def test_a_worker_that_is_stopped_says_nothing(start: Start, office: Office) -> None:
    attempt = start(ENDS_WHEN_ASKED)
    office.wishes = once_ready(attempt, "leave")  # type: ignore[assignment]

    with pytest.raises(Left):
        attempt.end()


def test_answering_has_precedence(
    start: Start, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "TELL_S", 0.0)
    attempt = start(ENDS_WHEN_ASKED)
    waited = []

    def busy_for_a_while() -> bool:
        if not (attempt.run.folder / "ready").exists():
            return False
        waited.append(1)
        return len(waited) < 4

    office.busy = busy_for_a_while
    office.wishes = lambda: "cancel" if len(waited) > 6 else ""

    assert attempt.end().outcome == "cancelled"
    assert training.WAITING in [told.note for told in office.told]


def test_a_trainer_that_is_killed_each_time_is_given_up(start: Start) -> None:
    attempt = start("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")

    end = attempt.end()

    assert (end.outcome, end.code) == ("failed", "TRAINER_KILLED")
    assert "Lower the examples at once" in end.message


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("raise SystemExit('torch.OutOfMemoryError: CUDA out of memory')", "OUT_OF_"),
        ("raise SystemExit('LOSS_EXPLODED: The loss rises.')", "LOSS_EXPLODED"),
        ("raise KeyError", "TRAINER_CRASHED"),
    ],
)
def test_each_failure_has_a_code(start: Start, program: str, code: str) -> None:
    end = start(program).end()

    assert end.outcome == "failed"
    assert end.code.startswith(code)
    assert end.message.endswith(".")


def test_the_disk_is_not_filled(
    job: Callable[..., Training], monkeypatch: pytest.MonkeyPatch
) -> None:
    end = job(min_free_bytes=1 << 62).end()

    assert (end.outcome, end.code) == ("failed", "DISK_FULL")


def test_a_trainer_left_behind_is_ended_by_the_next_attempt(
    start: Start, office: Office
) -> None:
    first = start(ENDS_WHEN_ASKED)
    command = first._train_command()
    with first.run.locked():
        orphan = Child(command, first.run)
    second = start("raise SystemExit('LOSS_EXPLODED: The loss rises.')")

    end = second.end()

    assert end.code == "LOSS_EXPLODED"
    assert orphan._process.wait(60) == -9
