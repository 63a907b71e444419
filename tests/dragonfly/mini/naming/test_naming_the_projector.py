"""A named projector puts crops near the word for what they hold."""

import io

import pytest
import torch
from rich.console import Console
from torch import Tensor

from dragonfly.geometry import Region
from dragonfly.mini.naming.class_tokens import Gathered
from dragonfly.mini.naming.said import Said
from dragonfly.mini.naming.word_matrix import WordDirections, naming_of
from dragonfly.mini.synthetic import SlideRecipe, Target, Truth
from dragonfly.model import DragonflyForCausalLM, DragonflyProcessor
from dragonfly.model.checkpoint import load_checkpoint
from dragonfly.training.example import SlideRegion
from tests.checkpoints import save_checkpoint, tiny_model

CROP_PX, SLIDES, CROP = 64, 150, 100
KIND = 2
"""The feature that a crop with a target has."""


@pytest.fixture(scope="module")
def parts(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[DragonflyForCausalLM, DragonflyProcessor]:
    folder = tmp_path_factory.mktemp("base") / "model"
    save_checkpoint(folder, tiny_model("v2", CROP_PX))
    return load_checkpoint(folder, "cpu", torch.float32)


def descents(model: DragonflyForCausalLM) -> Gathered:
    """Slides whose first crop holds tumour in every other slide, and its feature."""
    layout, hidden = model.layout, model.vision_embed_tokens.in_features
    gathered = Gathered(layout, hidden)
    random = torch.Generator().manual_seed(1)
    crops = layout.crop_count - 1
    tokens = layout.low_tokens + crops * layout.pooled_tokens
    regions = tuple(Region(CROP * n, 0, CROP, CROP) for n in range(crops))
    for slide in range(SLIDES):
        features = torch.randn(tokens, hidden, generator=random)
        holds = slide % 2 == 0
        features[layout.low_tokens, KIND] = 4.0 if holds else 0.0
        targets = (Target("tumour", regions[0], 20),) if holds else ()
        recipe = SlideRecipe(seed=slide, side_px=3072, targets=())
        picture = SlideRegion(
            f"{7919 * slide:064x}"[::-1], Region(0, 0, 3072, 3072), regions
        )
        gathered.add_descent(picture, features, Truth(recipe, targets, (), ()), set())
    return gathered


@pytest.fixture(scope="module")
def naming(parts: tuple[DragonflyForCausalLM, DragonflyProcessor]) -> Tensor:
    told = io.StringIO()
    made = naming_of(
        Said(), descents(parts[0]), WordDirections(*parts), Console(file=told)
    )
    assert "1 words can be told" in told.getvalue()
    return made


def test_a_crop_with_a_target_moves_towards_its_word(
    parts: tuple[DragonflyForCausalLM, DragonflyProcessor], naming: Tensor
) -> None:
    words = WordDirections(*parts)
    token = torch.zeros(len(naming), dtype=torch.float64)
    token[-1] = 1
    without = token @ naming
    token[KIND] = 4
    moved = token @ naming - without
    near = {
        word: float(torch.cosine_similarity(moved, words.of(word), dim=0))
        for word in ("tumour", "rod", "mitotic")
    }
    assert max(near, key=lambda word: near[word]) == "tumour"
    assert near["tumour"] > 0.99


def test_other_features_move_little(naming: Tensor) -> None:
    moved = naming[:-1].norm(dim=1)
    others = torch.cat([moved[:KIND], moved[KIND + 1 :]])
    assert moved[KIND] > 3 * others.max()
