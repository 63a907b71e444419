"""What the relevance of Dragonfly-mini is fitted to: synthetic slides, seen in cells.

The slides are those of the training seeds, drawn cell by cell and never stored; the
questions are the wordings of the training data. No slide of a test or figure is among
them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from dragonfly.geometry import Region, Size
from dragonfly.mini.data.synthetic_fields import FIRST_SEED, THINGS
from dragonfly.mini.data.wording import WORDINGS as DATA_WORDINGS
from dragonfly.mini.relevance_fit import Asking, SlideCells, fit_relevance
from dragonfly.mini.synthetic import RecipeError, SyntheticSlide, training_recipes
from dragonfly.mini.synthetic.question import PRESENT
from dragonfly.mini.synthetic.recipe import TARGET_KINDS
from dragonfly.mini.synthetic.truth import Truth
from dragonfly.mini.synthetic.wording import WORDINGS
from dragonfly.model import DragonflyForCausalLM, DragonflyProcessor
from dragonfly.model.checkpoint import load_checkpoint
from dragonfly.model.crops import Pixels
from dragonfly.zoom.cells import tile
from dragonfly.zoom.relevance import question_vector, signature

SLIDES, SIDE_PX, FINEST = 40, 4096, 2
SEED_OFFSET = 5_000
"""From the first training seed: fields and cells come from different slides."""
TISSUE_DARKNESS, LEAST_TISSUE = 200, 0.05
CROPS_AT_ONCE = 16
ABOUT_ANY_TARGET = ("target count", "target quadrant")

Progress = Callable[[int, int], None]


def write_relevance(
    base: Path,
    target: Path,
    slides: int = SLIDES,
    side_px: int = SIDE_PX,
    progress: Progress | None = None,
) -> None:
    """Look at synthetic slides with the frozen encoder, fit, and write the file.

    Args:
        base: checkpoint of the joined parts.
        target: folder of the adapter.
        slides: how many are drawn; about four seconds each on one core.
        side_px: of the square slides.
        progress: told how many slides are done, and how many there are.
    """
    model, processor = load_checkpoint(base, "cpu", torch.bfloat16)
    words = cast(nn.Embedding, model.get_input_embeddings()).weight.detach().float()
    centre = words.mean(dim=0)
    seen = []
    recipes = training_recipes(slides, FIRST_SEED + SEED_OFFSET, side_px)
    for done, recipe in enumerate(recipes, start=1):
        try:
            seen.append(look_at(SyntheticSlide(recipe), model, processor))
        except RecipeError:
            # A few recipes hide more than their slide has room for.
            continue
        if progress:
            progress(done, slides)
    asked = [
        Asking(vector_of(text, words, centre, processor), kinds)
        for text, kinds in questions()
    ]
    fit_relevance(seen, asked, centre).save(target)


def questions() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every wording, and the kinds of target that it asks for."""
    kind_of = {name: (kind,) for kind, name in PRESENT.items()}
    for asked, texts in WORDINGS.items():
        kinds = TARGET_KINDS if asked in ABOUT_ANY_TARGET else kind_of.get(asked, ())
        yield from ((text, kinds) for text in texts)
    for kind, thing in THINGS.items():
        for text in DATA_WORDINGS["field present"]:
            yield text.format(thing=thing), (kind,)
    for texts in DATA_WORDINGS.values():
        yield from ((text, ()) for text in texts if "{" not in text)


def vector_of(
    text: str, words: Tensor, centre: Tensor, processor: DragonflyProcessor
) -> Tensor:
    """As the engine makes it of a question."""
    ids = processor.tokenizer(text, add_special_tokens=False).input_ids
    return question_vector(words[sorted(set(ids))], centre)


def look_at(
    slide: SyntheticSlide, model: DragonflyForCausalLM, processor: DragonflyProcessor
) -> SlideCells:
    """Describe every cell with tissue at the magnification of the fit."""
    crop_px = processor.layout.crop_px
    whole = Region(0, 0, slide.size.width, slide.size.height)
    regions, crops = [], []
    for cell in tile(whole, crop_px * FINEST, 0, None):
        pixels = slide.read(cell.region, Size(crop_px, crop_px))
        if has_tissue(pixels):
            regions.append(cell.region)
            crops.append(pixels)
    described = torch.stack(list(_described(crops, model, processor)))
    return SlideCells(described, _shares(regions, slide.truth))


def has_tissue(pixels: Pixels) -> bool:
    """A drawn slide's glass is bright in every channel."""
    dark = pixels.min(axis=2) < TISSUE_DARKNESS
    return bool(dark.mean() >= LEAST_TISSUE)


@torch.inference_mode()
def _described(
    crops: Sequence[Pixels], model: DragonflyForCausalLM, processor: DragonflyProcessor
) -> Iterator[Tensor]:
    for start in range(0, len(crops), CROPS_AT_ONCE):
        part = np.stack(crops[start : start + CROPS_AT_ONCE])
        features = model.encode_crops(processor.normalise(part, model.device))
        yield from (signature(each) for each in features)


def _shares(regions: Sequence[Region], truth: Truth) -> dict[str, Tensor]:
    found: dict[str, Tensor] = {}
    for target in truth.targets:
        shares = torch.tensor([share(region, target.region) for region in regions])
        before = found.get(target.kind, torch.zeros(len(regions)))
        found[target.kind] = torch.maximum(before, shares)
    return found


def share(cell: Region, target: Region) -> float:
    """How much of the smaller one lies in the other, 0 to 1."""
    both = cell.intersection(target)
    return both.area / min(cell.area, target.area) if both else 0.0
