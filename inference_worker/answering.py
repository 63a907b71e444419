"""One request to one reply: open the slide, run the engine, pass its events on.

Everything the person is told about a failure is decided here. Nothing here knows the
queue: whoever calls gives a place for events, a way to tell progress, and a watch.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import torch

from dragonfly.engine import (
    Answer,
    Answered,
    Budget,
    Decoding,
    Engine,
    Event,
    Evidence,
    OverviewEncoded,
    RegionExamined,
    RegionSelected,
    TextDelta,
    WritingStarted,
)
from dragonfly.engine.engine import UNFAMILIAR
from dragonfly.engine.interruption import interruptible
from dragonfly.errors import DragonflyError, SlideError
from dragonfly.geometry import Region
from dragonfly.slide import Slide, open_slide
from inference_worker.engine_cache import EngineCache
from inference_worker.events import EventWriter
from inference_worker.heartbeat import Watch
from inference_worker.messages import (
    UNEXPECTED,
    AnswerRequest,
    EvidenceItem,
    Progressed,
    Reply,
)

log = logging.getLogger(__name__)
CROPS_WHEN_SHORT_OF_MEMORY = 8
RETRYABLE = {"MODEL_NOT_LOADED", "GPU_UNAVAILABLE", "UNEXPECTED"}
"""Failures that may be gone the next time, without another question."""
LESS_MEMORY = {
    "code": "GPU_OUT_OF_MEMORY",
    "message": "The device ran out of memory, so the question was asked again with a "
    "smaller budget: fewer regions may have been examined.",
}


NOTES = {
    UNFAMILIAR: {
        "code": UNFAMILIAR,
        "message": "This picture is unlike those that the model was trained on, so it "
        "was not asked.",
    }
}
"""Words for the doubts that the engine itself has, by their code."""


class Stopped(Exception):  # noqa: N818 -- it is no error
    """The person asked to stop."""


class Outdated(Exception):  # noqa: N818 -- it is no error
    """A newer attempt has been sent; nothing of this one counts any more."""


@dataclass
class Answering:
    """One attempt at one question."""

    request: AnswerRequest
    engines: EngineCache
    slide_folder: Path
    writer: EventWriter
    watch: Watch
    tell: Callable[[Progressed], None]
    text: str = ""
    evidence: list[EvidenceItem] = field(default_factory=list)
    notes: list[dict[str, str]] = field(default_factory=list)
    told: Progressed | None = None

    def reply(self) -> Reply:
        """Answer, and say how it ended.

        Raises:
            Outdated: there is nobody to reply to.
        """
        try:
            return self._answered(self._answer())
        except Stopped:
            return self._reply("stopped")
        except Outdated:
            raise
        except DragonflyError as error:
            return self._failed(error.code, error.message)
        except torch.OutOfMemoryError:
            log.exception("Out of memory with the smaller budget, too.")
            return self._failed(
                "GPU_OUT_OF_MEMORY",
                "The device has too little memory for this question, also with a "
                "smaller budget. Ask about a smaller region.",
            )
        except torch.AcceleratorError:
            log.exception("The device failed.")
            return self._failed(
                "GPU_UNAVAILABLE",
                "The device that computes answers failed and is being restarted. "
                "Please try again in a minute.",
            )
        except Exception:
            log.exception("Question %s failed.", self.request.question_id)
            return self._failed("UNEXPECTED", UNEXPECTED)

    def _answer(self) -> Answer:
        self._progress("overview")
        self._check()
        request = self.request
        with self._slide() as slide:
            engine = self.engines.get(request.model_digest, request.model_path)
            self._check()
            self.notes = [asdict(note) for note in slide.notes]
            budget = Budget(request.cells) if request.cells else Budget()
            with lent(engine), interruptible(engine.model, self._check):
                if answer := self._look_and_write(engine, slide, budget):
                    return answer
                self._start_again(engine)
                engine.encoder.crops_per_call = CROPS_WHEN_SHORT_OF_MEMORY
                answer = self._look_and_write(engine, slide, budget.halved(), last=True)
        if answer is None:
            raise AssertionError("the last try ends with an answer or raises")
        return answer

    def _look_and_write(
        self, engine: Engine, slide: Slide, budget: Budget, last: bool = False
    ) -> Answer | None:
        """The answer; None when the device ran out of memory, unless at the `last`."""
        request = self.request
        region = Region(**asdict(request.region)) if request.region else None
        events = engine.answer(
            slide,
            request.text,
            region,
            budget=budget,
            seed=request.seed,
            decoding=Decoding(request.max_new_tokens, request.temperature),
            fidelity=request.fidelity,
        )
        try:
            with closing(events):
                for event in events:
                    self._check()
                    if isinstance(event, Answered):
                        return event.answer
                    self._pass_on(event)
        except torch.OutOfMemoryError:
            if last:
                raise
            return None
        raise AssertionError("the engine ended without an answer")

    def _start_again(self, engine: Engine) -> None:
        log.warning("Out of memory; trying again with a smaller budget.")
        engine.encoder.cache.clear()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        self.text, self.evidence, self.told = "", [], None
        self.notes.append(LESS_MEMORY)
        self.writer.put("note", **LESS_MEMORY, restarts=True)

    def _check(self) -> None:
        if self.watch.is_outdated:
            raise Outdated
        if self.watch.must_stop:
            raise Stopped

    @contextmanager
    def _slide(self) -> Iterator[Slide]:
        path = slide_within(self.slide_folder, self.request.slide_path)
        with open_slide(path, frame=self.request.frame) as slide:
            if slide.digest != self.request.slide_digest:
                raise SlideError(
                    "SLIDE_CHANGED",
                    "The slide's file is no longer the one that was asked about. Open "
                    "the slide again, then ask again.",
                )
            yield slide

    def _pass_on(self, event: Event) -> None:
        match event:
            case OverviewEncoded():
                self.writer.put("overview", region=asdict(event.region))
            case RegionExamined():
                self._progress("zooming", event.step, event.steps, event.of)
                self.writer.put("examined", **asdict(event))
            case RegionSelected():
                item = item_of(event.evidence)
                self.evidence.append(item)
                self.writer.put("selected", evidence=asdict(item))
            case WritingStarted():
                self._progress("writing")
                self.writer.put("writing", visual_tokens=event.visual_tokens)
            case TextDelta():
                self.text += event.text
                self.writer.put("text", text=event.text)

    def _progress(
        self,
        state: Literal["overview", "zooming", "writing"],
        step: int = 0,
        steps: int = 0,
        of: int = 0,
    ) -> None:
        request = self.request
        now = Progressed(request.question_id, request.attempt, state, step, steps)
        if now == self.told:
            return
        self.told = now
        counts = {"step": step, "steps": steps, "of": of} if steps else {}
        self.writer.put("state", state=state, **counts)
        self.tell(now)

    def _reply(self, outcome: Literal["stopped", "failed"]) -> Reply:
        request = self.request
        return Reply(
            request.question_id,
            request.attempt,
            outcome,
            self.text,
            tuple(self.evidence),
        )

    def _failed(self, code: str, message: str) -> Reply:
        return replace(
            self._reply("failed"),
            code=code,
            message=message,
            is_retryable=code in RETRYABLE,
        )

    def _answered(self, answer: Answer) -> Reply:
        told = {note["code"] for note in self.notes}
        new = [NOTES[code] for code in answer.notes if code in NOTES.keys() - told]
        fields = answer.as_dict() | {"notes": [*self.notes, *new]}
        text = fields.pop("text")
        del fields["evidence"]
        return Reply(
            self.request.question_id,
            self.request.attempt,
            "answered",
            text,
            tuple(item_of(item) for item in answer.evidence),
            fields,
        )


def slide_within(folder: Path, name: str) -> Path:
    """The slide's path.

    Raises:
        SlideError: PATH_OUTSIDE, when the name leads out of the slide folder.
    """
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise SlideError("PATH_OUTSIDE", "The slide lies outside the slide folder.")
    return path


def item_of(evidence: Evidence) -> EvidenceItem:
    """The engine's evidence as a message."""
    fields: dict[str, Any] = asdict(evidence)
    return EvidenceItem.from_fields(**fields)


@contextmanager
def lent(engine: Engine) -> Iterator[None]:
    """Give the engine back as it was, with its own number of crops at once."""
    before = engine.encoder.crops_per_call
    try:
        yield
    finally:
        engine.encoder.crops_per_call = before
