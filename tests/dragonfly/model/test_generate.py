"""`model.generate`: batches, cache, streaming and text without a picture."""

from collections.abc import Sequence
from typing import Any

import pytest
import torch
from transformers import TextStreamer
from transformers.generation.streamers import BaseStreamer

from dragonfly.model import DragonflyInputs
from tests.checkpoints import QUESTION, noise
from tests.dragonfly.model.conftest import Loaded

TEXTS = [QUESTION, "a", "Is it malignant? " * 5 + QUESTION]
GREEDY: dict[str, Any] = {"max_new_tokens": 12, "do_sample": False, "eos_token_id": 4}


def _inputs(tiny: Loaded, chosen: Sequence[int] = (0, 1, 2)) -> DragonflyInputs:
    pictures = [noise(30 + 20 * i, 60 - 10 * i, seed=i) for i in chosen]
    return tiny.processor(text=[TEXTS[i] for i in chosen], images=pictures)


def _continuations(tiny: Loaded, inputs: Any, **kwargs: Any) -> list[list[int]]:
    ids = tiny.model.generate(**inputs, **GREEDY, pad_token_id=1, **kwargs)
    rows = ids[:, inputs["input_ids"].shape[1] :].tolist()
    return [row[: row.index(1)] if 1 in row else row for row in rows]


def test_a_batch_generates_what_each_sample_does_alone(tiny: Loaded) -> None:
    alone = [_continuations(tiny, _inputs(tiny, [i]))[0] for i in range(3)]
    assert _continuations(tiny, _inputs(tiny)) == alone
    assert len({tuple(row) for row in alone}) == 3


def test_the_shorter_texts_of_a_batch_are_padded_on_the_left(tiny: Loaded) -> None:
    mask = _inputs(tiny)["attention_mask"]
    assert mask[:, -1].tolist() == [1, 1, 1]
    assert (mask.diff(dim=1) >= 0).all()
    assert mask[1, 0] == 0


def test_the_cache_changes_nothing(tiny: Loaded) -> None:
    inputs = _inputs(tiny)
    with_cache = _continuations(tiny, inputs, use_cache=True)
    assert _continuations(tiny, inputs, use_cache=False) == with_cache


def test_pictures_are_encoded_once(
    tiny: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    encode = tiny.model.encode_crops

    def counted(pixel_values: torch.Tensor) -> torch.Tensor:
        calls.append(len(pixel_values))
        return encode(pixel_values)

    monkeypatch.setattr(tiny.model, "encode_crops", counted)
    _continuations(tiny, _inputs(tiny))
    assert calls == [3 * tiny.model.layout.crop_count]


def test_the_picture_changes_the_answer(tiny: Loaded) -> None:
    one = tiny.processor(text=[QUESTION], images=[noise(seed=1)])
    other = tiny.processor(text=[QUESTION], images=[noise(seed=2)])
    assert _continuations(tiny, one) != _continuations(tiny, other)


def test_encoded_pictures_generate_the_same(tiny: Loaded) -> None:
    inputs = _inputs(tiny)
    wanted = _continuations(tiny, inputs)
    pixels = inputs.pop("pixel_values")
    features = tiny.model.encode_crops(pixels.flatten(0, 1))
    visual = tiny.model.visual_tokens(features.unflatten(0, pixels.shape[:2]))
    tokens = visual.embeddings.detach()
    assert _continuations(tiny, inputs, visual_tokens=tokens) == wanted


def test_text_without_a_picture_is_answered(tiny: Loaded) -> None:
    inputs = tiny.processor(text=TEXTS)
    assert set(inputs) == {"input_ids", "attention_mask"}
    alone = [_continuations(tiny, tiny.processor(text=[t]))[0] for t in TEXTS]
    assert _continuations(tiny, inputs) == alone
    assert all(alone)


class _Kept(BaseStreamer):
    def __init__(self) -> None:
        self.ids: list[int] = []
        self.ended = False

    def put(self, value: torch.Tensor) -> None:
        self.ids += value.flatten().tolist()

    def end(self) -> None:
        self.ended = True


def test_a_streamer_receives_every_token(tiny: Loaded) -> None:
    inputs, streamer = _inputs(tiny, [0]), _Kept()
    ids = tiny.model.generate(**inputs, **GREEDY, streamer=streamer)
    assert streamer.ids == ids[0].tolist()
    assert streamer.ended


def test_the_library_streams_text(
    tiny: Loaded, capsys: pytest.CaptureFixture[str]
) -> None:
    streamer = TextStreamer(tiny.processor.tokenizer, skip_prompt=True)
    inputs = _inputs(tiny, [0])
    ids = tiny.model.generate(**inputs, **GREEDY, streamer=streamer)
    text = tiny.processor.tokenizer.decode(ids[0, inputs["input_ids"].shape[1] :])
    assert capsys.readouterr().out.strip() == text.strip()
