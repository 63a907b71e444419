"""Encode all pictures of a run once, with the frozen encoder, into a feature store."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import torch

from dragonfly.model import DragonflyForCausalLM, DragonflyProcessor
from dragonfly.model.crops import Pixels
from dragonfly.training.dataset import Dataset
from dragonfly.training.feature_form import pack
from dragonfly.training.feature_store import FeatureStore
from dragonfly.training.pictures import PictureKey, key_of
from dragonfly.training.rows import BadExampleError

AHEAD = 2
Read = tuple[PictureKey, Pixels] | None


@dataclass
class FeatureFiller:
    """Fills a store. One process does it, and the others wait.

    Pictures that cannot be read are left out; the run meets and counts them later.
    """

    model: DragonflyForCausalLM
    processor: DragonflyProcessor
    store: FeatureStore
    device: torch.device
    workers: int = 4
    dtype: torch.dtype = torch.float32
    """Number format in which the encoder multiplies."""

    def fill(self, dataset: Dataset) -> int:
        """Encode what is missing; returns how many pictures were encoded."""
        self.model.image_encoder.to(self.device)
        encoded = 0
        with ThreadPoolExecutor(self.workers) as pool:
            for read in self._read_all(dataset, pool):
                if read is not None and read[0] not in self.store:
                    self._encode(*read)
                    encoded += 1
        self.store.reload()
        return encoded

    def _read_all(self, dataset: Dataset, pool: ThreadPoolExecutor) -> Iterator[Read]:
        pending: deque[Future[Read]] = deque()
        for source, store in enumerate(dataset.stores):
            for row in range(len(store)):
                pending.append(pool.submit(partial(self._read, dataset, source, row)))
                if len(pending) > self.workers * AHEAD:
                    yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()

    def _read(self, dataset: Dataset, source: int, row: int) -> Read:
        try:
            picture = dataset.picture(source, row)
            if picture is None:
                return None
            key = key_of(picture)
            if key in self.store:
                return None
            return key, dataset.readers[source].read(picture)
        except BadExampleError:
            return None

    @torch.inference_mode()
    def _encode(self, key: PictureKey, crops: Pixels) -> None:
        pixels = self.processor.normalise(crops, self.device)
        with torch.autocast(
            self.device.type, self.dtype, enabled=self.dtype != torch.float32
        ):
            features = self.model.encode_crops(pixels)
        self.store.put(key, pack(features, self.model.layout))
