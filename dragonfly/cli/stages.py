"""One progress line per stage of an answer."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console

from dragonfly.engine import (
    Answered,
    Event,
    OverviewEncoded,
    RegionExamined,
    RegionSelected,
    WritingStarted,
)


class Stages:
    """Prints a line when a stage ends, with its counts and seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._start = time.monotonic()
        self._step = 0
        self._examined = 0
        self._selected = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._line("stopped")

    def show(self, event: Event) -> None:
        """Take notice of one event."""
        match event:
            case OverviewEncoded():
                self._line(f"overview encoded, region {event.region}")
            case RegionExamined():
                self._count_examined(event)
            case RegionSelected():
                self._selected += 1
            case WritingStarted():
                self._end_zooming()
                self._line(f"writing from {event.visual_tokens} visual tokens")
            case Answered():
                self._line(f"done, {len(event.answer.evidence)} evidence regions")
            case _:
                pass

    def _count_examined(self, event: RegionExamined) -> None:
        if event.step != self._step:
            self._step, self._examined = event.step, 0
        self._examined += 1
        if self._examined == event.of:
            zoom = f"zoom {event.step}/{event.steps}"
            self._line(f"{zoom}: {event.of} regions examined")

    def _end_zooming(self) -> None:
        if self._selected:
            self._line(f"{self._selected} regions selected")

    def _line(self, text: str) -> None:
        seconds = time.monotonic() - self._start
        self._console.print(f"[dim]{seconds:7.1f} s[/]  {text}")
