"""Prefetch batches in threads, and measure how long the model waits for them.

Decoding and resizing release the interpreter's lock, so threads suffice and nothing
is copied between processes. Order and content do not depend on the threads.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from dragonfly.training.collate import Batch, Collator
from dragonfly.training.dataset import Dataset
from dragonfly.training.sampler import Slot, share
from dragonfly.training.source import Stream
from dragonfly.training.step_plan import StepPlan

Job = Callable[[], Batch]
BATCHES_PER_WORKER = 2


@dataclass(frozen=True)
class Group:
    """The batches of one stream in one step, on one process."""

    stream: Stream
    batches: tuple[Batch, ...]

    @property
    def labels(self) -> int:
        return sum(batch.labels for batch in self.batches)


class Loader:
    """Steps as groups of batches.

    Args:
        plan: of the run.
        datasets: one per stream.
        collator: makes batches.
        micro_batch_size: examples of a batch.
        workers: threads.
        rank, ranks: this process and how many there are.
    """

    def __init__(
        self,
        plan: StepPlan,
        datasets: Mapping[Stream, Dataset],
        collator: Collator,
        micro_batch_size: int,
        workers: int,
        rank: int = 0,
        ranks: int = 1,
    ) -> None:
        self.plan = plan
        self.datasets = datasets
        self.collator = collator
        self.micro_batch_size = micro_batch_size
        self.workers = workers
        self.rank = rank
        self.ranks = ranks
        self.waited_s = 0.0
        """Seconds in which the consumer had to wait."""

    def steps(self, first: int, end: int) -> Iterator[list[Group]]:
        """The steps from `first` up to and without `end`, in order."""
        pending: deque[Future[Batch]] = deque()
        jobs = (job for step in range(first, end) for job in self._jobs(step))
        with ThreadPoolExecutor(self.workers, "loader") as pool:
            try:
                for step in range(first, end):
                    yield [
                        self._group(stream, positions, pending, jobs, pool)
                        for stream, positions in self.plan.groups(step)
                    ]
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _group(
        self,
        stream: Stream,
        positions: range,
        pending: deque[Future[Batch]],
        jobs: Iterator[Job],
        pool: ThreadPoolExecutor,
    ) -> Group:
        batches = []
        for _ in range(len(self._micro(positions))):
            self._top_up(pending, jobs, pool)
            started = time.perf_counter()
            batches.append(pending.popleft().result())
            self.waited_s += time.perf_counter() - started
        self._top_up(pending, jobs, pool)
        return Group(stream, tuple(batches))

    def _top_up(
        self,
        pending: deque[Future[Batch]],
        jobs: Iterator[Job],
        pool: ThreadPoolExecutor,
    ) -> None:
        while len(pending) < self.workers * BATCHES_PER_WORKER:
            job = next(jobs, None)
            if job is None:
                return
            pending.append(pool.submit(job))

    def _jobs(self, step: int) -> Iterator[Job]:
        for stream, positions in self.plan.groups(step):
            for micro in self._micro(positions):
                yield self._job(stream, micro)

    def _job(self, stream: Stream, positions: range) -> Job:
        sampler = self.plan.samplers[stream]
        slots = [sampler[position] for position in positions]
        return lambda: self._load(stream, slots)

    def _load(self, stream: Stream, slots: list[Slot]) -> Batch:
        return self.collator([self.datasets[stream].load(slot) for slot in slots])

    def own_positions(self, stream: Stream, step: int) -> range:
        """The positions of this process among those of a step."""
        return self._own(dict(self.plan.groups(step))[stream])

    def _own(self, positions: range) -> range:
        return share(positions, self.rank, self.ranks)

    def _micro(self, positions: range) -> list[range]:
        own = self._own(positions)
        size = self.micro_batch_size
        return [own[at : at + size] for at in range(0, len(own), size)]
