"""The progress of a run on the terminal; plain lines where there is no terminal."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from dragonfly.training.metrics import Record


class TerminalProgress:
    """Shows records as they come."""

    def __init__(self, console: Console, steps: int, done: int = 0) -> None:
        self._console = console
        self._steps = steps
        self._bar = Progress(
            TextColumn("training"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[figures]}"),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task(
            "steps", total=steps, completed=done, figures=""
        )
        self._bar.start()

    def write(self, record: Record) -> None:
        text = describe(record)
        if record["kind"] == "step":
            self._bar.update(self._task, completed=record["step"], figures=text)
        if record["kind"] != "step" or not self._console.is_terminal:
            self._console.print(f"step {record['step']}/{self._steps}  {text}")

    def close(self) -> None:
        self._bar.stop()


def describe(record: Record) -> str:
    """The figures of a record, in a few words."""
    if record["kind"] == "validation":
        return f"validation loss {record['loss']:.4f}"
    if record["kind"] == "samples":
        return f"{len(record['answers'])} sample answers"
    if record["kind"] == "end":
        return f"ended: {record['reason']}"
    return (
        f"loss {record['loss']:.4f}  {record['tokens_per_s']:.0f} tokens/s  "
        f"{record['images_per_s']:.1f} images/s  waited {record['waiting_share']:.1%}  "
        f"ETA {duration(record['eta_s'])}"
    )


def duration(seconds: float) -> str:
    """Hours, minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
