"""What the processor takes and refuses."""

from typing import Any

import pytest
import torch

from tests.checkpoints import noise
from tests.dragonfly.model.conftest import Loaded


def test_the_published_fields_are_given(tiny: Loaded) -> None:
    layout = tiny.model.layout
    inputs = tiny.processor(text=["a"], images=[noise()], return_tensors="pt")
    side = layout.crop_px
    assert inputs["pixel_values"].shape == (1, layout.crop_count, 3, side, side)
    shapes = {
        inputs[name].shape
        for name in ("input_ids", "attention_mask", "image_patches_indices")
    }
    assert len(shapes) == 1


def test_a_single_text_and_picture_need_no_list(tiny: Loaded) -> None:
    bare = tiny.processor(text="a", images=noise())
    listed = tiny.processor(text=["a"], images=[noise()])
    assert all(torch.equal(bare[name], listed[name]) for name in listed)


def test_a_picture_may_come_without_text(tiny: Loaded) -> None:
    inputs = tiny.processor(images=[noise()])
    begin = tiny.processor.begin_token_id
    assert inputs["input_ids"][0, tiny.model.layout.sequence_length :].tolist() == [
        begin
    ]


def test_image_tokens_come_before_the_text(tiny: Loaded) -> None:
    row = tiny.processor(text=["a"], images=[noise()])["input_ids"][0].tolist()
    first = row.index(tiny.processor.begin_token_id)
    assert first == tiny.model.layout.sequence_length
    assert set(row[:first]) == {
        tiny.processor.image_token_id,
        tiny.processor.newline_token_id,
    }


def test_an_image_token_inside_the_text_is_no_image(tiny: Loaded) -> None:
    text = "a<|reserved_special_token_0|>b"
    inputs = tiny.processor(text=[text], images=[noise()])
    behind = inputs["image_patches_indices"][0, tiny.model.layout.sequence_length :]
    assert (behind == -1).all()


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"text": ["a", "b"], "images": [noise()]},
        {"text": ["a"], "return_tensors": "np"},
    ],
)
def test_senseless_input_is_refused(tiny: Loaded, arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"text|return_tensors"):
        tiny.processor(**arguments)


def test_inputs_move_between_types_and_devices(tiny: Loaded) -> None:
    inputs = tiny.processor(text=["a"], images=[noise()]).to("cpu", torch.bfloat16)
    assert inputs["pixel_values"].dtype is torch.bfloat16
    assert inputs["input_ids"].dtype is torch.int64


def test_a_long_question_without_a_picture_is_kept_whole(tiny: Loaded) -> None:
    text = "tissue " * 600
    whole = tiny.processor.tokenizer(text).input_ids
    inputs = tiny.processor(text=[text], max_length=100)
    assert inputs["input_ids"][0].tolist() == whole


def test_training_text_without_a_picture_is_cut(tiny: Loaded) -> None:
    inputs = tiny.processor(text=["tissue " * 600], max_length=100, is_generate=False)
    assert inputs["input_ids"].shape[1] == 100
