"""What a training batch learns to predict.

"after_bos" is the published choice: everything behind the begin token, the user's
words and the padding included. "answer" takes the assistant's turns alone, with the
token that ends each.
"""

from __future__ import annotations

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from dragonfly.model.batch import IGNORED_LABEL, TextBatch, label_after_bos
from dragonfly.model.processing import BEGIN_TOKEN, END_TOKEN
from dragonfly.model.tokenizer import END_OF_TURN
from dragonfly.training.args import LabelsFrom

START_OF_HEADER, END_OF_HEADER = "<|start_header_id|>", "<|end_header_id|>"
ASSISTANT = "assistant"


class Labeller:
    """Labels for batches of one tokenizer."""

    def __init__(
        self, tokenizer: PreTrainedTokenizerBase, labels_from: LabelsFrom
    ) -> None:
        vocabulary = tokenizer.get_vocab()
        self.labels_from = labels_from
        self._begin = vocabulary[BEGIN_TOKEN]
        self._end = vocabulary[END_TOKEN]
        self._end_of_turn = vocabulary[END_OF_TURN]
        self._start_of_header = vocabulary[START_OF_HEADER]
        self._end_of_header = vocabulary[END_OF_HEADER]
        self._assistant = _ids(tokenizer, ASSISTANT)
        self._breaks = {*_ids(tokenizer, "\n\n"), *_ids(tokenizer, "\n")}

    def __call__(self, batch: TextBatch) -> tuple[Tensor, Tensor]:
        """Ids and labels, each of shape (batch, length); -100 is not learned."""
        if self.labels_from == "after_bos":
            return label_after_bos(batch.input_ids, self._begin, self._end)
        labels = torch.full_like(batch.input_ids, IGNORED_LABEL)
        lengths = batch.attention_mask.sum(1).tolist()
        for row, length in enumerate(lengths):
            ids = batch.input_ids[row, :length].tolist()
            for first, last in self._answers(ids):
                labels[row, first:last] = batch.input_ids[row, first:last]
        return batch.input_ids, labels

    def _answers(self, ids: list[int]) -> list[tuple[int, int]]:
        """Where each of the assistant's turns begins and ends, its end token within.

        A turn that was cut off teaches no end.
        """
        found, at = [], 0
        while self._end_of_header in ids[at:]:
            header = ids.index(self._end_of_header, at)
            at = header + 1
            if not self._is_assistant(ids[:header]):
                continue
            first = self._behind_breaks(ids, at)
            at = self._turn_end(ids, first)
            found.append((first, at))
        return found

    def _is_assistant(self, before: list[int]) -> bool:
        wanted = [self._start_of_header, *self._assistant]
        return before[-len(wanted) :] == wanted

    def _behind_breaks(self, ids: list[int], at: int) -> int:
        last = min(at + 2, len(ids))
        while at < last and ids[at] in self._breaks:
            at += 1
        return at

    def _turn_end(self, ids: list[int], first: int) -> int:
        if self._end_of_turn in ids[first:]:
            return ids.index(self._end_of_turn, first) + 1
        return ids.index(self._end, first) if self._end in ids[first:] else len(ids)


def _ids(tokenizer: PreTrainedTokenizerBase, text: str) -> list[int]:
    ids = tokenizer(text, add_special_tokens=False).input_ids
    return [int(token) for token in ids]


def label_count(labels: Tensor) -> int:
    """Tokens that the loss is a mean over; nothing predicts the first of a row."""
    return int((labels[:, 1:] != IGNORED_LABEL).sum())
