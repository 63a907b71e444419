"""`train`: one run from its configuration to its final checkpoint."""

from __future__ import annotations

import random
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator
from rich.console import Console

from dragonfly.engine.versions import library_versions
from dragonfly.model import DragonflyForCausalLM, DragonflyProcessor
from dragonfly.model.digest import checkpoint_digest
from dragonfly.training.adapter import AdapterAbout
from dragonfly.training.args import TrainArgs
from dragonfly.training.bad_examples import BadExamples
from dragonfly.training.collate import Collator
from dragonfly.training.devices import is_sharded, make_accelerator
from dragonfly.training.errors import TrainingError
from dragonfly.training.export import export
from dragonfly.training.feature_filling import FeatureFiller
from dragonfly.training.feature_form import FeatureForm
from dragonfly.training.feature_store import FeatureStore
from dragonfly.training.freezing import trained_count, trained_names
from dragonfly.training.labels import Labeller
from dragonfly.training.loader import Loader
from dragonfly.training.loop import Loop, StepResult
from dragonfly.training.loss_watch import LossWatch
from dragonfly.training.metrics import JsonLines, Record, Sink, TensorBoard
from dragonfly.training.model_setup import halve_frozen_weights, set_up_model
from dragonfly.training.optimizer import make_optimizer
from dragonfly.training.pace import Pace
from dragonfly.training.progress import TerminalProgress
from dragonfly.training.run_data import RunData, open_data
from dragonfly.training.samples import Samples
from dragonfly.training.state import Checkpoints, last_checkpoint, trained_weights
from dragonfly.training.stop import StopRequest
from dragonfly.training.trainee import Trainee
from dragonfly.training.validation import Validation


def train(args: TrainArgs, console: Console, resume: bool = False) -> Path | None:
    """Run the training that `args` describe, in this process among others.

    Args:
        args: the whole run.
        console: of the main process.
        resume: continue from the last checkpoint, where there is one.

    Returns:
        the final checkpoint, or None when the run was asked to stop early.

    Raises:
        ModelError: the checkpoint cannot be loaded.
        TrainingError: OUTPUT_IN_USE, RESUME_MISMATCH, or what stopped the run.
    """
    last = last_checkpoint(args.run.output)
    if last is not None and not resume:
        raise TrainingError(
            "OUTPUT_IN_USE",
            f"{args.run.output} holds the checkpoints of a run. Continue it with "
            "--resume or choose another run.output.",
        )
    accelerator = make_accelerator(args)
    args.run.output.mkdir(parents=True, exist_ok=True)
    session = Session(args, accelerator, console)
    return session.run(last)


class Session:
    """Everything that one run has in hand."""

    def __init__(
        self, args: TrainArgs, accelerator: Accelerator, console: Console
    ) -> None:
        self.args = args
        self.accelerator = accelerator
        self.console = console
        model, processor = set_up_model(args)
        features = self._features(model, processor)
        self.data = open_data(args, model.layout, features)
        if features is not None:
            self._fill(model, processor, features)
        if args.run.precision == "bfloat16" and not is_sharded(accelerator):
            halve_frozen_weights(model)
        trainee = Trainee(model, processor.normalisation)
        self.trainee = trainee
        self.names = trained_names(trainee)
        self.trained = trained_count(trainee)
        optimizer = make_optimizer(trainee, args.optimizer)
        self.model, self.optimizer = accelerator.prepare(trainee, optimizer)
        self.checkpoints = Checkpoints(accelerator, args.run.output, args.run.keep_last)
        self.watch = LossWatch(args.run.max_loss_rise)
        self.bad = BadExamples(
            args.run.output, args.data.max_bad_share, accelerator.process_index
        )
        self.collator = Collator(
            processor,
            Labeller(processor.tokenizer, args.data.labels_from),
            args.data.max_length,
            pin=accelerator.device.type == "cuda",
        )
        self.validation = self._validation(self.data)
        self.samples = self._samples(self.data, processor)
        self._seed()

    def run(self, last: Path | None) -> Path | None:
        """Train from a checkpoint or from the beginning, and export the result."""
        done = self._resume(last) if last is not None else 0
        self.model.train()
        with ExitStack() as stack:
            stop = stack.enter_context(StopRequest())
            sinks = self._sinks(done)
            for sink in sinks:
                stack.callback(sink.close)
            stopped = self._take_steps(done, stop, sinks)
        return None if stopped else self._export()

    def _take_steps(self, done: int, stop: StopRequest, sinks: list[Sink]) -> bool:
        """Whether the run was asked to stop before its end."""
        steps = self.data.steps
        loop = Loop(
            self.accelerator,
            self.model,
            self.optimizer,
            self.args.optimizer,
            steps,
            self.watch,
            self.bad,
        )
        loader = self._loader()
        pace = Pace(steps - done)
        for number, groups in enumerate(loader.steps(done, steps), start=done):
            self.trainee.patch_share = self._patch_share(number)
            result = loop.step(number, groups, stop.asked)
            step = number + 1
            pace.add(result.tokens, result.images)
            ends = step == steps or result.stop_asked
            if step % self.args.run.log_every == 0 or ends:
                figures = pace.figures(loader.waited_s)
                _write(sinks, self._record(step, result) | figures)
            if step % self.args.run.save_every == 0 or ends:
                self._save(step, sinks)
            if result.stop_asked and step < steps:
                _write(sinks, {"kind": "end", "step": step, "reason": "stopped"})
                return True
        _write(sinks, {"kind": "end", "step": steps, "reason": "finished"})
        return False

    def _patch_share(self, number: int) -> float:
        data = self.args.data
        late = number >= data.all_patches_from * self.data.steps
        return 1.0 if late else data.patch_share

    def _save(self, step: int, sinks: list[Sink]) -> None:
        loss = self.validation.loss(self.model) if self.validation else None
        if loss is not None:
            _write(sinks, {"kind": "validation", "step": step, "loss": loss})
        if self.samples is not None:
            answers = self.samples.ask(self.trainee)
            _write(sinks, {"kind": "samples", "step": step, "answers": answers})
        self.checkpoints.save(
            step,
            {
                "plan": self.data.plan.state(step),
                "validation_loss": loss,
                "watch": self.watch.state(),
                "seen": self.bad.seen,
                "bad": self.bad.bad,
            },
        )

    def _resume(self, checkpoint: Path) -> int:
        progress = self.checkpoints.load(checkpoint)
        step = int(progress["step"])
        if progress["plan"] != self.data.plan.state(step):
            raise TrainingError(
                "RESUME_MISMATCH",
                "The data, their weights, the batch size or the seed are not those of "
                "the run to be continued. Restore them or choose another run.output.",
            )
        self.watch.restore(progress["watch"])
        self.bad.seen, self.bad.bad = progress["seen"], progress["bad"]
        return step

    def _export(self) -> Path:
        if is_sharded(self.accelerator):
            whole: dict[str, Any] = self.accelerator.get_state_dict(self.model)
            weights = {name: whole[name] for name in self.names if name in whole}
        else:
            weights = trained_weights(self.accelerator.unwrap_model(self.model))
        target = self.args.run.output / "final"
        if self.accelerator.is_main_process:
            digest = checkpoint_digest(self.args.model)
            about = AdapterAbout(digest, self.args.trained, self.args.lora)
            record = self._provenance(digest)
            target = export(
                self.args.model, self.args.run.output, weights, about, record
            )
        self.accelerator.wait_for_everyone()
        return target

    def _provenance(self, base_digest: str) -> dict[str, Any]:
        return {
            "base_digest": base_digest,
            "steps": self.data.steps,
            "trained_numbers": self.trained,
            "processes": self.accelerator.num_processes,
            "examples_seen": self.bad.seen,
            "examples_skipped": self.bad.bad,
            "versions": library_versions(),
            "arguments": asdict(self.args),
        }

    def _features(
        self, model: DragonflyForCausalLM, processor: DragonflyProcessor
    ) -> FeatureStore | None:
        folder = self.args.data.features
        if folder is None:
            return None
        return FeatureStore(folder, FeatureForm.of(model, processor))

    def _fill(
        self,
        model: DragonflyForCausalLM,
        processor: DragonflyProcessor,
        store: FeatureStore,
    ) -> None:
        if self.accelerator.is_main_process:
            device, workers = self.accelerator.device, self.args.data.workers
            filler = FeatureFiller(model, processor, store, device, workers)
            sets = (self.data.datasets["image"], self.data.validation)
            count = sum(filler.fill(each) for each in sets if each is not None)
            self.console.print(f"{count} pictures encoded, {len(store)} in store")
        self.accelerator.wait_for_everyone()
        store.reload()

    def _validation(self, data: RunData) -> Validation | None:
        if data.validation is None:
            return None
        return Validation(
            data.validation,
            self.collator,
            self.accelerator,
            self.args.data.validation_examples,
            self.args.optimizer.micro_batch_size,
            self.args.data.workers,
        )

    def _samples(self, data: RunData, processor: DragonflyProcessor) -> Samples | None:
        most, accelerator = self.args.data.samples, self.accelerator
        apart = is_sharded(accelerator) or not accelerator.is_main_process
        if data.validation is None or not most or apart:
            return None
        return Samples(data.validation, processor, accelerator, most)

    def _loader(self) -> Loader:
        return Loader(
            self.data.plan,
            self.data.datasets,
            self.collator,
            self.args.optimizer.micro_batch_size,
            self.args.data.workers,
            self.accelerator.process_index,
            self.accelerator.num_processes,
        )

    def _sinks(self, done: int) -> list[Sink]:
        if not self.accelerator.is_main_process:
            return []
        folder = self.args.run.output
        sinks: list[Sink] = [JsonLines(folder, done)]
        if self.args.run.tensorboard:
            sinks.append(TensorBoard(folder))
        return [*sinks, TerminalProgress(self.console, self.data.steps, done)]

    def _record(self, step: int, result: StepResult) -> Record:
        others = {f"loss_{s}": v for s, v in result.losses.items() if s != "image"}
        return {
            "kind": "step",
            "step": step,
            "epoch": round(
                step
                * self.data.plan.batch_size
                / len(self.data.plan.samplers["image"]),
                4,
            ),
            "loss": result.losses["image"],
            **others,
            "learning_rate": result.rate,
            "gradient_norm": result.gradient_norm,
            "skipped": self.bad.bad,
        }

    def _seed(self) -> None:
        seed = self.args.run.seed + self.accelerator.process_index
        torch.manual_seed(seed)
        np.random.seed(seed)
        random.seed(seed)


def _write(sinks: list[Sink], record: Record) -> None:
    for sink in sinks:
        sink.write(record)
