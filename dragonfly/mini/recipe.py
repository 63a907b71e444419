"""How the adapter of Dragonfly-mini is made: data, start, two stages, file.

One call does it all and can be repeated: what is there already is not made again.
The reasons for the figures are in docs/decisions/0005.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from rich.console import Console

from dragonfly.mini.adapter_file import write_adapter
from dragonfly.mini.build import build_base
from dragonfly.mini.data.mixture import MIXTURE, write_mixture
from dragonfly.mini.data.plan import Plan
from dragonfly.mini.data.rows import HELD_BACK
from dragonfly.mini.naming import write_named_adapter
from dragonfly.mini.starting import write_start
from dragonfly.mini.zoom_stage import ZOOM_MIXTURE, ZoomPlan, write_zoom_data
from dragonfly.training.args import (
    DataArgs,
    LoraArgs,
    OptimizerArgs,
    RunArgs,
    TrainArgs,
)
from dragonfly.training.export import ADAPTER, FINAL
from dragonfly.training.presets import preset_fields
from dragonfly.training.session import train
from dragonfly.training.source import Source
from dragonfly.zoom.relevance import FILE as RELEVANCE

SHARES: dict[str, float] = {
    "vqa-rad": 3.0,
    "vqa-med-2019": 0.7,
    "brca-m2c": 1.5,
    "bccd": 0.8,
    "nuinsseg": 0.3,
    "synthetic": 0.3,
    "unknown": 1.0,
}
"""How often an epoch shows each row of a source: about 7,800 rows in all."""
PLAN = Plan(nuinsseg_views=1, synthetic_slides=60, shares=SHARES)
"""No more pictures are made than an epoch can show."""
ZOOM_PLAN = ZoomPlan()
BATCH = 8


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Sizes of the training run."""

    steps: int = 1200
    zoom_steps: int = 600
    patch_share: float = 0.1
    learning_rate: float = 8e-4
    projector_rate: float = 2e-4
    """Lower, so that the start in closed form is not washed out."""
    zoom_rate: float = 4e-4
    """Of the second stage, which has less to learn."""
    zoom: ZoomPlan = ZOOM_PLAN
    seed: int = 42
    plan: Plan = PLAN


def train_mini(
    vqa: Path,
    out: Path,
    recipe: Recipe,
    console: Console,
    *,
    resume: bool = False,
    base: Path | None = None,
) -> Path | None:
    """Make an adapter from the question sets.

    Args:
        vqa: folder of the question sets, as `write_mixture` reads it.
        out: for data, features, the run and the adapter.
        recipe: sizes.
        console: told what is being done.
        resume: continue the run from its last checkpoint.
        base: another base than the installed parts; for trials.

    Returns:
        the adapter's folder, or None when the run was asked to stop early.

    Raises:
        DragonflyError: with a sentence for the user.
    """
    mixture = out / "data" / MIXTURE
    if not mixture.is_file():
        console.print("Writing the training data …")
        write_mixture(vqa, mixture.parent, plan=recipe.plan)
    base = base or build_base()
    start = out / "start"
    if not (start / "config.json").is_file():
        console.print("Encoding pictures and fitting the projector's start …")
        write_start(base, mixture, out / "features", start)
    torch.manual_seed(recipe.seed)
    stages = Stages(start, mixture, out, recipe)
    is_done = (stages.first.run.output / FINAL).is_dir()
    if not is_done and train(stages.first, console, resume) is None:
        return None
    looks = out / "relevance"
    write_zoom_data(base, mixture, looks, recipe.zoom, console)
    zoom_mixture = mixture.with_name(ZOOM_MIXTURE)
    if not stages.named.is_dir():
        console.print("Teaching the projector the names of what pictures hold …")
        trained = stages.first.run.output / ADAPTER
        write_named_adapter(
            base, zoom_mixture, out / "features", trained, stages.named, console
        )
    final = train(stages.second, console, resume)
    if final is None:
        return None
    adapter = out / "adapter"
    write_adapter(final.parent, base, zoom_mixture, out / "features", adapter)
    shutil.copy(looks / RELEVANCE, adapter)
    return adapter


@dataclass(frozen=True)
class Stages:
    """The two runs: one picture a question, then what descents bring back."""

    start: Path
    mixture: Path
    out: Path
    recipe: Recipe

    @property
    def first(self) -> TrainArgs:
        """The projector and LoRA, from the fitted start."""
        steps, rate = self.recipe.steps, self.recipe.learning_rate
        return self._run("run", self.mixture, self._optimizer(steps, rate))

    @property
    def named(self) -> Path:
        """The first run's adapter, whose projector names what pictures hold."""
        return self.out / "named"

    @property
    def second(self) -> TrainArgs:
        """The same weights, named, further."""
        mixture = self.mixture.with_name(ZOOM_MIXTURE)
        steps, rate = self.recipe.zoom_steps, self.recipe.zoom_rate
        optimizer = self._optimizer(steps, rate)
        run = self._run("zoom-run", mixture, optimizer)
        return replace(run, adapter=self.named)

    def _run(self, name: str, mixture: Path, optimizer: OptimizerArgs) -> TrainArgs:
        rows = self.mixture.with_name(f"{HELD_BACK}.jsonl")
        tokens = tuple(preset_fields("adapter")["lora"]["new_tokens"])
        return TrainArgs(
            model=self.start,
            trained=("projector",),
            lora=LoraArgs(rank=16, alpha=32, dropout=0.0, new_tokens=tokens),
            data=DataArgs(
                mixture=mixture,
                validation=(Source(name=HELD_BACK, path=rows),),
                validation_examples=40,
                features=self.out / "features",
                patch_share=self.recipe.patch_share,
                all_patches_from=0.95,
                max_length=1024,
                length_window=16,
                workers=2,
            ),
            optimizer=optimizer,
            run=RunArgs(
                output=self.out / name,
                seed=self.recipe.seed,
                attention="eager",
                save_every=120,
                keep_last=2,
            ),
        )

    def _optimizer(self, steps: int, rate: float) -> OptimizerArgs:
        return OptimizerArgs(
            batch_size=BATCH,
            micro_batch_size=BATCH,
            steps=steps,
            learning_rate=rate,
            projector_rate=self.recipe.projector_rate,
            warmup_ratio=0.03,
            weight_decay=0.0,
        )
