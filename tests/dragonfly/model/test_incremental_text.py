"""Pieces of text arrive whole and, joined, are the text of all tokens."""

import pytest
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from dragonfly.model.generation import REPLACEMENT, IncrementalText
from tests.checkpoints import PARITY

LONG = "Grade 3 adenocarcinoma, 40 µm; « größer » 病理学 😀 — done. " * 12


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerBase:
    loaded: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(PARITY / "v1")
    return loaded


def _ids(tokenizer: PreTrainedTokenizerBase, text: str) -> list[int]:
    ids: list[int] = tokenizer(text, add_special_tokens=False).input_ids
    return ids


@pytest.mark.parametrize("text", ["", "病", "😀😀", " two  spaces ", "end .", LONG])
def test_the_pieces_joined_are_the_text(
    tokenizer: PreTrainedTokenizerBase, text: str
) -> None:
    incremental = IncrementalText(tokenizer)
    pieces = [incremental.push(token) for token in _ids(tokenizer, text)]
    assert "".join(pieces) + incremental.finish() == text


def test_no_character_is_split(tokenizer: PreTrainedTokenizerBase) -> None:
    incremental = IncrementalText(tokenizer)
    ids = _ids(tokenizer, LONG)
    pieces = [incremental.push(token) for token in ids]
    assert len(ids) > len(LONG)
    assert not any(REPLACEMENT in piece for piece in pieces)


def test_a_character_is_held_back_until_it_is_whole(
    tokenizer: PreTrainedTokenizerBase,
) -> None:
    incremental = IncrementalText(tokenizer)
    pieces = [incremental.push(token) for token in _ids(tokenizer, "😀")]
    assert pieces == ["", "", "", "😀"]


def test_plain_text_is_given_at_once(tokenizer: PreTrainedTokenizerBase) -> None:
    incremental = IncrementalText(tokenizer)
    assert all(incremental.push(token) for token in _ids(tokenizer, "cells in nests"))


def test_an_unfinished_character_shows_at_the_end(
    tokenizer: PreTrainedTokenizerBase,
) -> None:
    incremental = IncrementalText(tokenizer)
    for token in _ids(tokenizer, "😀")[:-1]:
        assert incremental.push(token) == ""
    assert set(incremental.finish()) == {REPLACEMENT}
    assert incremental.finish() == ""


def test_endless_broken_bytes_are_not_held_back_for_ever(
    tokenizer: PreTrainedTokenizerBase,
) -> None:
    broken = _ids(tokenizer, "😀")[1]
    incremental = IncrementalText(tokenizer)
    shown = "".join(incremental.push(broken) for _ in range(200))
    assert len(shown) > 190


def test_special_tokens_are_not_shown(tokenizer: PreTrainedTokenizerBase) -> None:
    incremental = IncrementalText(tokenizer)
    ids = _ids(tokenizer, "a<|eot_id|>b")
    assert "".join(incremental.push(token) for token in ids) == "ab"
