"""All crops of a batch go through the tower together, in chunks that fit memory."""

from collections.abc import Iterator

import pytest
import torch

from tests.checkpoints import noise
from tests.dragonfly.model.conftest import Loaded


@pytest.fixture
def calls(tiny: Loaded) -> Iterator[list[int]]:
    """The number of crops in each call of the tower's transformer."""
    seen: list[int] = []
    hook = tiny.model.image_encoder.vision_model.register_forward_pre_hook(
        lambda module, arguments: seen.append(len(arguments[0]))
    )
    yield seen
    hook.remove()
    tiny.model.image_encoder.max_crops_per_call = None


@torch.inference_mode()
def _logits(tiny: Loaded) -> torch.Tensor:
    pictures = [noise(seed=1), noise(90, 20, seed=2)]
    logits: torch.Tensor = tiny.model(
        **tiny.processor(text=["a", "b c"], images=pictures)
    ).logits
    return logits


def test_a_batch_is_encoded_in_one_call(tiny: Loaded, calls: list[int]) -> None:
    _logits(tiny)
    assert calls == [2 * tiny.model.layout.crop_count]


def test_chunks_change_nothing(tiny: Loaded, calls: list[int]) -> None:
    whole = _logits(tiny)
    tiny.model.image_encoder.max_crops_per_call = 10
    torch.testing.assert_close(_logits(tiny), whole, rtol=0, atol=1e-5)
    assert max(calls[1:]) == 10
    assert sum(calls[1:]) == calls[0]


def test_the_attention_is_the_fused_one(tiny: Loaded) -> None:
    assert tiny.model.image_encoder.config._attn_implementation == "sdpa"
    assert tiny.model.language_model.config._attn_implementation == "sdpa"


def test_each_picture_keeps_its_own_crops(tiny: Loaded) -> None:
    pictures = [noise(90, 20, seed=2), noise(20, 90, seed=3)]
    plans = tiny.processor(text=["a", "b"], images=pictures).crops
    assert [(plan.size.width, plan.size.height) for plan in plans] == [
        (90, 20),
        (20, 90),
    ]
    assert all(len(p.regions) == tiny.model.layout.crop_count for p in plans)


def test_crops_selected_elsewhere_are_taken_as_they_are(tiny: Loaded) -> None:
    layout = tiny.model.layout
    given = 1 + layout.mid_count + layout.high_count
    pixels = torch.rand(given, 3, layout.crop_px, layout.crop_px)
    visual = tiny.model.visual_tokens(tiny.model.encode_crops(pixels)[None])
    assert visual.embeddings.shape[1] == layout.visual_tokens
    assert visual.selected is None


def test_fewer_crops_than_the_layout_give_fewer_tokens(tiny: Loaded) -> None:
    layout = tiny.model.layout
    pixels = torch.rand(1 + 3, 3, layout.crop_px, layout.crop_px)
    visual = tiny.model.visual_tokens(tiny.model.encode_crops(pixels)[None])
    places = layout.image_token_indices(zoomed=3)
    assert visual.embeddings.shape[1] == max(places) + 1
