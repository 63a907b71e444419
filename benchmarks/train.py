"""Train a tiny model with our loop, against a plain `transformers` Trainer.

    python -m benchmarks.train
    python -m benchmarks.train --rounds 5 --steps 40 --workers 4 --threads 8

Both read the same JPEG files, cut the same crops, and see each once in as many AdamW
steps of float32, with the same number of workers. Starting up and the first steps are
left out. The weights are random; speed does not depend on them. With fewer layers the
model asks for data sooner.
The second figure is the share of the time in which our loop waits for data.
"""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from rich.console import Console
from torch.utils.data import Dataset
from transformers import Trainer, TrainerCallback, TrainingArguments

from benchmarks.measure import median_ratio, print_table
from dragonfly.model import DragonflyConfig, DragonflyForCausalLM
from dragonfly.model.checkpoint import load_checkpoint
from dragonfly.training.args_file import read_train_args
from dragonfly.training.chat import chat_of_answer
from dragonfly.training.metrics import read_metrics
from dragonfly.training.session import train
from tests.checkpoints import noise, save_checkpoint

OURS, PLAIN = "our loop", "transformers Trainer"
WARM_UP_STEPS = 5


def main() -> None:
    options = _options()
    torch.set_num_threads(options.threads)
    seconds: dict[str, list[float]] = {PLAIN: [], OURS: []}
    waited: list[float] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        rows = _write_data(folder, options.steps * options.batch_size)
        save_checkpoint(folder / "base", _model(options.layers))
        for number in range(options.rounds):
            seconds[PLAIN].append(_train_plainly(folder, rows, options, number))
            taken, share = _train_ours(folder, options, number)
            seconds[OURS].append(taken)
            waited.append(share)
    print(f"torch threads {options.threads}, workers {options.workers}")
    counted = (options.steps - WARM_UP_STEPS) * options.batch_size
    print_table(seconds, "samples", counted)
    ratio = median_ratio(seconds, PLAIN, OURS)
    print(f"ratio: our loop is {ratio:.2f} times as fast as the Trainer")
    print(f"share of time waiting for data: {statistics.median(waited):.1%}")


def _model(layers: int) -> DragonflyForCausalLM:
    torch.manual_seed(0)
    text = {
        "vocab_size": 396,
        "hidden_size": 256,
        "intermediate_size": 1024,
        "num_hidden_layers": layers,
        "num_attention_heads": 8,
        "num_key_value_heads": 4,
        "bos_token_id": 0,
        "eos_token_id": 1,
    }
    vision = {
        "model_type": "clip_vision_model",
        "hidden_size": 128,
        "intermediate_size": 512,
        "num_hidden_layers": layers,
        "num_attention_heads": 4,
        "image_size": 112,
        "patch_size": 14,
    }
    config = DragonflyConfig(
        text_config={"model_type": "llama"} | text,
        vision_config=vision,
        hidden_size=256,
        bos_token_id=0,
        eos_token_id=1,
    )
    return DragonflyForCausalLM(config)


def _write_data(folder: Path, examples: int) -> list[dict[str, str]]:
    rows = []
    for number in range(examples):
        smooth = noise(64, 48, number).resize((640, 480), Image.Resampling.BICUBIC)
        smooth.save(folder / f"{number}.jpg", quality=90)
        chat = chat_of_answer(f"How many cells are in field {number}?", f"{number}")
        rows.append({"image_url": f"{number}.jpg", "conversations": chat})
    lines = [json.dumps(row) + "\n" for row in rows]
    (folder / "rows.jsonl").write_text("".join(lines))
    return rows


class Rows(Dataset[dict[str, str]]):
    """The rows as the Trainer takes them."""

    def __init__(self, rows: list[dict[str, str]]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, number: int) -> dict[str, str]:
        return self.rows[number]


class Clock(TrainerCallback):
    """Measures from the end of the warm-up to the last step."""

    started = ended = 0.0

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if state.global_step == WARM_UP_STEPS:
            self.started = time.perf_counter()
        self.ended = time.perf_counter()


def _train_plainly(
    folder: Path, rows: list[dict[str, str]], options: argparse.Namespace, number: int
) -> float:
    model, processor = load_checkpoint(folder / "base", "cpu", torch.float32)

    def collate(batch: list[dict[str, str]]) -> dict[str, Any]:
        pictures = [Image.open(folder / row["image_url"]) for row in batch]
        texts = [row["conversations"] for row in batch]
        return dict(processor(text=texts, images=pictures, labels_from="after_bos"))

    clock = Clock()
    Trainer(
        model,
        TrainingArguments(
            output_dir=str(folder / f"plain{number}"),
            max_steps=options.steps,
            per_device_train_batch_size=options.batch_size,
            dataloader_num_workers=options.workers,
            remove_unused_columns=False,
            use_cpu=True,
            save_strategy="no",
            report_to=[],
            disable_tqdm=True,
            logging_strategy="no",
        ),
        data_collator=collate,
        train_dataset=Rows(rows),
        callbacks=[clock],
    ).train()
    return clock.ended - clock.started


def _train_ours(
    folder: Path, options: argparse.Namespace, number: int
) -> tuple[float, float]:
    output = folder / f"ours{number}"
    fields = {
        "model": "base",
        "trained": ["encoder", "projector", "language_model"],
        "data": {
            "sources": [{"name": "made", "path": "rows.jsonl"}],
            "labels_from": "after_bos",
            "workers": options.workers,
        },
        "optimizer": {
            "batch_size": options.batch_size,
            "micro_batch_size": options.batch_size,
            "steps": options.steps,
        },
        "run": {
            "output": str(output),
            "device": "cpu",
            "precision": "float32",
            "log_every": WARM_UP_STEPS,
            "save_every": 10 * options.steps,
        },
    }
    file = folder / f"ours{number}.json"
    file.write_text(json.dumps(fields))
    train(read_train_args(file), Console(quiet=True))
    records = [r for r in read_metrics(output) if r["kind"] == "step"][1:]
    seconds = sum(WARM_UP_STEPS / record["steps_per_s"] for record in records)
    return seconds, statistics.mean(r["waiting_share"] for r in records)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=25, help="a multiple of 5")
    parser.add_argument("--batch-size", type=int, default=4)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--layers", type=int, default=6, help="of tower and LM each")
    options = parser.parse_args()
    if options.steps % WARM_UP_STEPS or options.steps <= WARM_UP_STEPS:
        parser.error("--steps must be a multiple of 5 above 5")
    return options


if __name__ == "__main__":
    main()
