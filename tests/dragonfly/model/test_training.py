"""Training batches: padding, labels, gradients."""

import pytest
import torch

from dragonfly.model import DragonflyForCausalLM
from dragonfly.model.batch import IGNORED_LABEL, label_after_bos
from tests.checkpoints import noise, tiny_model
from tests.dragonfly.model.conftest import Loaded

BEGIN, END = 0, 1


def _labels(ids: list[int]) -> tuple[list[int], list[int]]:
    new_ids, labels = label_after_bos(torch.tensor([ids]), BEGIN, END)
    return new_ids[0].tolist(), labels[0].tolist()


def test_everything_behind_the_begin_token_is_learned() -> None:
    assert _labels([5, 6, BEGIN, 20, 21, END])[1] == [
        *[IGNORED_LABEL] * 3,
        20,
        21,
        END,
    ]


def test_padding_is_learned_as_published() -> None:
    assert _labels([BEGIN, 20, END, END])[1][1:] == [20, END, END]


def test_the_last_of_several_begin_tokens_becomes_an_end_token() -> None:
    ids, labels = _labels([5, BEGIN, BEGIN, 20, BEGIN, 21])
    assert ids == [5, BEGIN, BEGIN, 20, END, 21]
    assert labels == [IGNORED_LABEL, IGNORED_LABEL, BEGIN, 20, END, 21]


def test_text_without_begin_token_teaches_nothing() -> None:
    assert set(_labels([5, 20, END])[1]) == {IGNORED_LABEL}


def test_training_pads_on_the_right_and_closes_each_text(tiny: Loaded) -> None:
    batch = tiny.processor(
        text=["a", "a b c d"], images=[noise(), noise()], is_generate=False
    )
    lengths = batch["attention_mask"].sum(1)
    assert batch["attention_mask"][0, 0] == 1
    assert lengths[0] < lengths[1]
    for row, length in zip(batch["input_ids"], lengths, strict=True):
        assert (row[length - 1 :] == END).all()


@pytest.mark.parametrize("max_length", [20, 64])
def test_beside_a_picture_the_text_keeps_half(tiny: Loaded, max_length: int) -> None:
    image = tiny.model.layout.sequence_length
    text = "tissue " * 200
    for_generation = tiny.processor(
        text=[text], images=[noise()], max_length=max_length
    )
    for_training = tiny.processor(
        text=[text], images=[noise()], max_length=max_length, is_generate=False
    )
    kept = max_length // 2 - 1
    assert for_generation["input_ids"].shape[1] == image + kept
    assert for_training["input_ids"][0, image + kept :].tolist() == [END]


def test_texts_alone_are_labelled_too(tiny: Loaded) -> None:
    batch = tiny.processor(text=["a b", "c"], labels_from="after_bos")
    assert batch["labels"].shape == batch["input_ids"].shape
    assert "pixel_values" not in batch
    assert tiny.model(**batch).loss.isfinite()


def test_unknown_labels_are_refused(tiny: Loaded) -> None:
    with pytest.raises(ValueError, match="labels_from"):
        tiny.processor(text=["a"], labels_from="nothing")


def _gradients(model: DragonflyForCausalLM, tiny: Loaded) -> dict[str, torch.Tensor]:
    batch = tiny.processor(text=["a b"], images=[noise()], labels_from="after_bos")
    model.train()
    model(**batch).loss.backward()
    return {n: p.grad for n, p in model.named_parameters() if p.grad is not None}


def _fresh(tiny: Loaded) -> DragonflyForCausalLM:
    model = tiny_model("v1" if tiny.model.layout.high == "selected" else "v2")
    model.load_state_dict(tiny.model.state_dict())
    return model


def test_every_part_learns(tiny: Loaded) -> None:
    parts = {
        name.split(".")[0]
        for name, gradient in _gradients(_fresh(tiny), tiny).items()
        if gradient.abs().max() > 0
    }
    assert parts == {"language_model", "image_encoder", "vision_embed_tokens"}


def test_gradient_checkpointing_gives_the_same_gradients(tiny: Loaded) -> None:
    plain, saving = _fresh(tiny), _fresh(tiny)
    saving.activation_checkpointing_enable()
    wanted = _gradients(plain, tiny)
    found = _gradients(saving, tiny)
    assert found.keys() == wanted.keys()
    for name, gradient in found.items():
        torch.testing.assert_close(gradient, wanted[name], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    "layer",
    [
        "language_model.model.layers.0.mlp",
        "image_encoder.vision_model.encoder.layers.0.mlp",
    ],
)
def test_gradient_checkpointing_recomputes(tiny: Loaded, layer: str) -> None:
    saving = _fresh(tiny)
    saving.activation_checkpointing_enable()
    runs: list[int] = []
    saving.get_submodule(layer).register_forward_pre_hook(lambda *_: runs.append(1))
    _gradients(saving, tiny)
    assert len(runs) == 2


def test_a_few_steps_lower_the_loss(tiny: Loaded) -> None:
    model = _fresh(tiny).train()
    batch = tiny.processor(text=["a b c"], images=[noise()], labels_from="after_bos")
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    losses = []
    for _ in range(5):
        loss = model(**batch).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.8 * losses[0]
