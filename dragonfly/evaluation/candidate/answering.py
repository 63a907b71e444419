"""Asking one model every row of a test part; what was answered is never asked again."""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil
import torch

from dragonfly.engine import Answered, Decoding, Engine
from dragonfly.engine.answer import Evidence
from dragonfly.errors import QuestionError, SlideError
from dragonfly.evaluation.candidate.certainty import Certainty
from dragonfly.evaluation.errors import EvaluationError
from dragonfly.geometry import Region
from dragonfly.slide import Slide, open_slide
from dragonfly.training.row_files import Fields
from dragonfly.training.slide_index import SlideIndex

MOST = 12
"""Regions of an answer that are kept."""


@dataclass(frozen=True)
class Said:
    """What a model answered to one row."""

    row: int
    text: str
    seconds: float
    certainty: float | None = None
    """As `Certainty.mean`."""
    memory_bytes: int = 0
    """Of the process right after, on its device."""
    evidence: list[dict[str, Any]] = field(default_factory=list)
    """Regions that it looked at: "number", "region", "kind", "rule" and "score"."""


@dataclass(frozen=True)
class Side:
    """One of two models, with its answers in the order of the rows."""

    digest: str
    variant: str
    weights_bytes: int
    said: list[Said]


class OneSlide:
    """The slide that was read last, kept open."""

    def __init__(self, index: SlideIndex) -> None:
        self._index = index
        self._digest = ""
        self._slide: Slide | None = None
        self._open = ExitStack()

    def get(self, digest: str) -> Slide:
        """The slide with this digest.

        Raises:
            EvaluationError: SLIDE_MISSING, it is not where the data set says.
            SlideError: it cannot be read.
        """
        if self._slide is None or digest != self._digest:
            self.close()
            path = self._index(digest)
            if path is None or not path.exists():
                raise EvaluationError(
                    "SLIDE_MISSING",
                    f"The slide {digest[:12]} of the test part is not there any more.",
                )
            self._slide = self._open.enter_context(open_slide(path))
            self._digest = digest
        return self._slide

    def close(self) -> None:
        self._open.close()
        self._slide = None


def ask_all(
    folder: Path,
    rows: Sequence[Fields],
    index: SlideIndex,
    answers: Path,
    device: str | None,
    max_new_tokens: int,
    needed: int,
) -> Side:
    """Load the checkpoint in `folder` and ask it what `answers` does not hold yet.

    Args:
        needed: so many rows must be answered; a later one whose slide is gone has an
            empty answer.

    Raises:
        EvaluationError: SLIDE_MISSING.
        ModelError: the checkpoint cannot be loaded.
    """
    engine = Engine.load(folder, device)
    file = answers / f"answers-{engine.digest}.jsonl"
    said = {each.row: each for each in read_said(file)}
    slides, decoding = OneSlide(index), Decoding(max_new_tokens)
    with file.open("a", encoding="utf-8") as opened:
        for number, row in enumerate(rows):
            if number in said:
                continue
            try:
                slide = slides.get(row["slide"])
                said[number] = ask(engine, slide, number, row, decoding)
            except EvaluationError:
                if number < needed:
                    raise
                said[number] = Said(number, "", 0.0)
            opened.write(json.dumps(asdict(said[number])) + "\n")
            opened.flush()
            sys.stdout.write(f"asked {number + 1} of {len(rows)}\n")
    slides.close()
    side = Side(
        engine.digest,
        "v1" if engine.processor.layout.high == "selected" else "v2",
        sum(p.numel() * p.element_size() for p in engine.model.parameters()),
        [said[number] for number in range(len(rows))],
    )
    del engine
    let_memory_go()
    return side


def ask(
    engine: Engine, slide: Slide, number: int, row: Fields, decoding: Decoding
) -> Said:
    """One answer; a question that cannot be answered as asked has an empty one."""
    start = time.monotonic()
    text, evidence = "", []
    asked = engine.answer(
        slide, row["question"], Region(*row["region"]), decoding=decoding
    )
    with Certainty(engine.model) as certainty:
        try:
            for event in asked:
                if isinstance(event, Answered):
                    text = event.answer.text
                    evidence = [told(each) for each in event.answer.evidence]
        except (QuestionError, SlideError) as error:
            sys.stdout.write(f"row {number + 1} was not answered: {error.code}\n")
    seconds = round(time.monotonic() - start, 4)
    return Said(
        number, text, seconds, certainty.mean, memory_bytes(engine), evidence[:MOST]
    )


def told(evidence: Evidence) -> dict[str, Any]:
    """One region, as it is kept."""
    region = evidence.region
    return {
        "number": evidence.number,
        "region": [region.x, region.y, region.width, region.height],
        "kind": evidence.kind,
        "rule": evidence.rule,
        "score": round(evidence.score, 4),
    }


def memory_bytes(engine: Engine) -> int:
    """What the process holds now: on the GPU where it answers there, else at all."""
    if engine.model.device.type == "cuda":
        return int(torch.cuda.memory_reserved(engine.model.device))
    return int(psutil.Process().memory_info().rss)


def read_said(file: Path) -> Iterator[Said]:
    """Whole lines alone; a torn last line is cut off and asked again."""
    if not file.is_file():
        return
    content = file.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        file.write_bytes(whole)
    for line in whole.splitlines():
        yield Said(**json.loads(line))


def let_memory_go() -> None:
    """Two models need not fit beside each other."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
