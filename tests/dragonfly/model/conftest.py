"""The published code's results, and tiny checkpoints, loaded once."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from torch import Tensor

from dragonfly.model import DragonflyForCausalLM, DragonflyInputs, DragonflyProcessor
from dragonfly.model.checkpoint import load_checkpoint
from dragonfly.model.dragonfly import VisualTokens
from tests.checkpoints import PARITY, save_checkpoint, tiny_model

Looked = tuple[Tensor, VisualTokens]


@dataclass(frozen=True)
class Loaded:
    """A model and its processor."""

    folder: Path
    model: DragonflyForCausalLM
    processor: DragonflyProcessor


@dataclass(frozen=True)
class Published:
    """One picture and question: what the published code and ours made of them."""

    golden: dict[str, Any]
    inputs: DragonflyInputs
    visual: VisualTokens
    logits: Tensor
    generated: list[int]


def load(folder: Path) -> Loaded:
    return Loaded(folder, *load_checkpoint(folder, "cpu", torch.float32))


def picture(variant: str, name: str) -> Image.Image:
    return Image.open(PARITY / variant / name)


@pytest.fixture(scope="package", autouse=True)
def one_thread() -> Iterator[None]:
    """Models this small lose more to threads waiting for each other than they gain."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session", params=["v1", "v2"])
def variant(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def published_checkpoint(variant: str) -> Loaded:
    return load(PARITY / variant)


@pytest.fixture(scope="session")
def golden(variant: str) -> dict[str, Any]:
    content = json.loads((PARITY / variant / "golden.json").read_text())
    assert isinstance(content, dict)
    return content


@pytest.fixture(scope="session")
def looked_at(variant: str, published_checkpoint: Loaded) -> dict[str, Looked]:
    """The crops and visual tokens of each picture; each is asked about twice."""
    names = ("square.png", "wide.png", "tall.png", "large.png")
    return {name: _look(published_checkpoint, picture(variant, name)) for name in names}


@torch.inference_mode()
def _look(loaded: Loaded, image: Image.Image) -> Looked:
    pixels = loaded.processor(images=[image])["pixel_values"]
    features = loaded.model.encode_crops(pixels[0])
    return pixels, loaded.model.visual_tokens(features[None])


@pytest.fixture(scope="session", params=range(8))
def published(
    request: pytest.FixtureRequest,
    published_checkpoint: Loaded,
    looked_at: dict[str, Looked],
    golden: dict[str, Any],
) -> Published:
    case = golden["cases"][request.param]
    pixels, visual = looked_at[case["image"]]
    texts = published_checkpoint.processor.encode_texts([case["prompt"]], True)
    answer = published_checkpoint.model.generate(
        **texts.as_dict(),
        visual_tokens=visual.embeddings,
        max_new_tokens=24,
        do_sample=False,
        eos_token_id=4,
        output_logits=True,
        return_dict_in_generate=True,
    )
    inputs = DragonflyInputs(texts.as_dict() | {"pixel_values": pixels})
    ids = answer.sequences[0].tolist()
    return Published(case, inputs, visual, answer.logits[0][0], ids)


@pytest.fixture(scope="session")
def tiny(variant: str, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """A checkpoint of this variant, small enough to generate with often."""
    model = tiny_model("v1" if variant == "v1" else "v2")
    return load(save_checkpoint(tmp_path_factory.mktemp(variant), model))


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    """A checkpoint folder that a test may spoil."""
    return save_checkpoint(tmp_path / "checkpoint")
