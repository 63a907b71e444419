"""`Training`: one attempt at a fine-tune job, from its data set to its evaluation.

The trainer and the comparison are processes; this watches them, tells how far they
are, and asks them to stop when a person or the answering of questions wants it so.
"""

from __future__ import annotations

import json
import logging
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from inference_worker.messages import (
    ModelFields,
    TrainingEnded,
    TrainingTold,
    TrainRequest,
)
from inference_worker.settings import WorkerSettings
from inference_worker.training.child import Child
from inference_worker.training.device import Device
from inference_worker.training.failures import DISK_FULL, KILLED, reason
from inference_worker.training.metrics_tail import MetricsTail
from inference_worker.training.publishing import carry_measured, publish
from inference_worker.training.run_folder import RunFolder

log = logging.getLogger(__name__)
LOOK_S = 0.1
TELL_S = 1.0
MOST_KILLS = 3
"""A trainer that is killed so often without a new checkpoint is given up."""
WAITING = "Waiting until nobody asks: answering has precedence on this device."
Wish = Literal["", "pause", "cancel", "leave"]
Stop = Literal["", "pause", "cancel", "leave", "yield", "disk"]


class Line(Protocol):
    """The way to the web application."""

    def wish(self) -> Wish:
        """What is asked of this attempt; "leave" when another one counts."""

    def beat(self) -> None:
        """Say that somebody is at this attempt."""


class Left(Exception):  # noqa: N818 -- it is no error
    """The worker is being stopped, or a newer attempt counts: there is no reply."""


class Failed(Exception):  # noqa: N818 -- told to the person
    """The job cannot go on."""


@dataclass
class Training:
    """One attempt."""

    request: TrainRequest
    settings: WorkerSettings
    device: Device
    line: Line
    tell: Callable[[TrainingTold], None]
    state: Literal["training", "evaluating"] = "training"
    step: int = 0
    total: int = 0
    told_at: float = field(default=-TELL_S)

    def __post_init__(self) -> None:
        folder = self.settings.data_folder / "training" / self.request.job_id
        self.run = RunFolder(folder)
        self.tail = MetricsTail(self.run.output / "metrics.jsonl")

    def end(self) -> TrainingEnded:
        """Train, compare and publish; says how it ended.

        Raises:
            Left: there is nothing to say.
        """
        try:
            with self.run.locked():
                return self._end()
        except Failed as failed:
            code, message = failed.args
            return self._ended("failed", code=code, message=message)

    def _end(self) -> TrainingEnded:
        self._write_configuration()
        if not self.run.final.is_dir() and (stopped := self._train()):
            return self._ended(stopped)
        base = Path(self.request.base.path)
        carry_measured(base, self.request.config, self.run.final)
        self.state = "evaluating"
        if not self.run.evaluation.is_file() and (stopped := self._compare()):
            return self._ended(stopped)
        evaluation = json.loads(self.run.evaluation.read_text())
        recipe = json.loads((self.run.final / "training.json").read_text())
        digest = str(evaluation["candidate"]["digest"])
        path = publish(self.run, self.settings.data_folder, digest)
        return self._ended(
            "succeeded",
            model=ModelFields(digest, str(path)),
            variant=str(evaluation["candidate"]["variant"]),
            recipe=recipe,
            evaluation=evaluation,
        )

    def _train(self) -> Literal["", "paused", "cancelled"]:
        kills, checkpoint = 0, self._checkpoint()
        while True:
            if stopped := self._wait_for_device():
                return stopped
            status, stop = self._watch(Child(self._train_command(), self.run))
            if self.run.final.is_dir():
                return ""
            if stop in ("pause", "cancel"):
                return "paused" if stop == "pause" else "cancelled"
            if stop == "yield":
                continue
            kills = 1 if self._checkpoint() != checkpoint else kills + 1
            checkpoint = self._checkpoint()
            code, message = reason(status, self.run.log_tail())
            if code != KILLED[0] or kills >= MOST_KILLS:
                raise Failed(code, message)
            log.warning("The trainer was killed; it is started again.")

    def _compare(self) -> Literal["", "paused", "cancelled"]:
        while True:
            if stopped := self._wait_for_device():
                return stopped
            status, stop = self._watch(Child(self._compare_command(), self.run))
            if self.run.evaluation.is_file():
                return ""
            if stop in ("pause", "cancel"):
                return "paused" if stop == "pause" else "cancelled"
            if stop != "yield":
                raise Failed(*reason(status, self.run.log_tail()))

    def _watch(self, child: Child) -> tuple[int, Stop]:
        """Its exit status, and why it was asked to stop."""
        stop: Stop = ""
        try:
            while (status := child.code()) is None:
                if not stop and (stop := self._reason_to_stop()):
                    child.ask_to_stop()
                self._tell(child)
                time.sleep(LOOK_S)
            self._tell(None)
        finally:
            child.end()
        if stop == "leave":
            raise Left
        if stop == "disk":
            raise Failed(*DISK_FULL)
        return status, stop

    def _reason_to_stop(self) -> Stop:
        if wish := self.line.wish():
            return wish
        if self.device.is_wanted():
            return "yield"
        free = shutil.disk_usage(self.run.folder).free
        return "disk" if free < self.request.min_free_bytes else ""

    def _wait_for_device(self) -> Literal["", "paused", "cancelled"]:
        while not self.device.is_quiet():
            wish = self.line.wish()
            if wish == "leave":
                raise Left
            if wish:
                return "paused" if wish == "pause" else "cancelled"
            self._tell(None, WAITING)
            time.sleep(LOOK_S)
        if shutil.disk_usage(self.run.folder).free < self.request.min_free_bytes:
            raise Failed(*DISK_FULL)
        return ""

    def _tell(self, child: Child | None, note: str = "") -> None:
        now = time.monotonic()
        if now < self.told_at + TELL_S and child is not None:
            return
        self.line.beat()
        if note and now < self.told_at + TELL_S:
            return
        self.told_at = now
        records = self.tail.read() if self.state == "training" else []
        self.step = max([self.step, *(int(r.get("step", 0)) for r in records)])
        free = shutil.disk_usage(self.run.folder).free
        self.tell(
            TrainingTold(
                self.request.job_id,
                self.request.attempt,
                self.state,
                self.step,
                self.total,
                note,
                tuple(records),
                {
                    "memory_bytes": child.memory_bytes() if child else 0,
                    "free_bytes": free,
                },
                self.run.log_tail(2000),
            )
        )

    def _write_configuration(self) -> None:
        request, data = self.request, self._data()
        source = {"slides": str(data / "slides.json"), "licence": "see the data set"}
        config = dict(request.config)
        config["model"] = request.base.path
        config["data"] = config.get("data", {}) | {
            "sources": [source | _rows(data, "train")],
            "validation": [source | _rows(data, "validation")],
        }
        config["run"] = config.get("run", {}) | {"output": str(self.run.output)}
        if self.settings.device:
            is_cpu = self.settings.device == "cpu"
            config["run"]["device"] = "cpu" if is_cpu else "auto"
        self.run.write_json(self.run.config, config)
        fixed = self.run.folder / "fixed"
        self.run.write_json(
            self.run.comparison,
            {
                "base": request.base.path,
                "candidate": str(self.run.final),
                "active": request.active.path,
                "active_digest": request.active.digest,
                "train": str(data / "train.jsonl"),
                "validation": str(data / "validation.jsonl"),
                "rows": str(data / "test.jsonl"),
                "slides": str(data / "slides.json"),
                "output": str(self.run.folder),
                "fixed": str(fixed) if fixed.is_dir() else "",
                "device": self.settings.device,
                "max_new_tokens": request.max_new_tokens,
            },
        )
        self.total = int(config.get("optimizer", {}).get("steps") or 0)

    def _train_command(self) -> list[str]:
        run = ["-m", "dragonfly.training", "run", str(self.run.config), "--resume"]
        if file := self.settings.accelerate_config:
            launch = [sys.executable, "-m", "accelerate.commands.launch"]
            return [*launch, "--config_file", str(file), *run]
        if self.request.processes > 1:
            count = f"--nproc-per-node={self.request.processes}"
            torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
            return [*torchrun, count, *run]
        return [sys.executable, *run]

    def _compare_command(self) -> list[str]:
        module = "dragonfly.evaluation.candidate"
        return [sys.executable, "-m", module, "compare", str(self.run.comparison)]

    def _checkpoint(self) -> str:
        found = sorted(self.run.output.glob("checkpoints/step-????????"))
        return found[-1].name if found else ""

    def _data(self) -> Path:
        return self.settings.data_folder / "data_sets" / self.request.data_set

    def _ended(self, outcome: Any, **fields: Any) -> TrainingEnded:
        request = self.request
        tail = self.run.log_tail()
        return TrainingEnded(
            request.job_id, request.attempt, outcome, log=tail, **fields
        )


def _rows(data: Path, part: str) -> dict[str, str]:
    return {"name": part, "path": str(data / f"{part}.jsonl")}
