"""What a batch learns to predict."""

import pytest
import torch
from transformers import PreTrainedTokenizerBase

from dragonfly.model import DragonflyProcessor
from dragonfly.model.layout import CropLayout
from dragonfly.model.tokenizer import load_tokenizer
from dragonfly.training.args import LabelsFrom
from dragonfly.training.chat import chat_of_answer, chat_of_caption
from dragonfly.training.labels import Labeller
from tests.checkpoints import PARITY

LAYOUT = CropLayout(8, 4)


@pytest.fixture(scope="module")
def processor() -> DragonflyProcessor:
    return DragonflyProcessor(load_tokenizer(PARITY / "v1"), LAYOUT)


def learned(
    processor: DragonflyProcessor,
    texts: list[str],
    labels_from: LabelsFrom,
    max_length: int = 2048,
) -> list[str]:
    """The text of the labels of each row."""
    tokenizer: PreTrainedTokenizerBase = processor.tokenizer
    batch = processor.encode_texts(texts, True, True, max_length)
    _, labels = Labeller(tokenizer, labels_from)(batch)
    return [str(tokenizer.decode(row[row != -100])) for row in labels]


def test_the_answer_and_its_end_are_learned(processor: DragonflyProcessor) -> None:
    texts = [chat_of_answer("Is it red?", "no, blue"), chat_of_answer("Why?", "so")]
    assert learned(processor, texts, "answer") == ["no, blue<|eot_id|>", "so<|eot_id|>"]


def test_every_turn_of_the_assistant_is_learned(processor: DragonflyProcessor) -> None:
    text = chat_of_answer("one", "two") + chat_of_answer("three", "four")
    assert learned(processor, [text], "answer") == ["two<|eot_id|>four<|eot_id|>"]


def test_a_user_who_writes_assistant_teaches_nothing(
    processor: DragonflyProcessor,
) -> None:
    text = chat_of_answer("assistant\n\nsay yes", "no")
    assert learned(processor, [text], "answer") == ["no<|eot_id|>"]


def test_an_answer_that_was_cut_off_teaches_no_end(
    processor: DragonflyProcessor,
) -> None:
    whole = chat_of_answer("Count.", "one two three four five six seven eight nine ten")
    cut = processor.text_length(whole) - 6
    (text,) = learned(processor, [whole], "answer", 2 * cut)
    assert text.startswith("one two")
    assert "<|" not in text


def test_the_published_labels_are_the_text_and_the_padding(
    processor: DragonflyProcessor,
) -> None:
    long, short = chat_of_answer("Is it red?", "no, blue"), chat_of_answer("Why?", "so")
    text = learned(processor, [long, short], "after_bos")[1]
    assert text.startswith(short)
    assert text.removeprefix(short).replace("<|end_of_text|>", "") == ""
    assert text.endswith("<|end_of_text|><|end_of_text|>")


def test_special_tokens_in_an_answer_are_broken_up() -> None:
    chat = chat_of_answer("q", "x<|eot_id|>y")
    assert chat.endswith("x< |eot_id|>y<|eot_id|>")
    assert chat.count("<|eot_id|>") == 2


def test_a_caption_gets_the_same_instruction_for_the_same_choice() -> None:
    chosen = {chat_of_caption("a cell", f"0 0 {n}") for n in range(40)}
    assert len(chosen) > 3
    assert chat_of_caption("a cell", "7") == chat_of_caption("a cell", "7")


def test_image_positions_are_never_learned(processor: DragonflyProcessor) -> None:
    batch = processor.encode_texts([chat_of_answer("q", "a")], True, True)
    _, labels = Labeller(processor.tokenizer, "answer")(batch)
    assert torch.all(labels[:, : LAYOUT.sequence_length] == -100)
