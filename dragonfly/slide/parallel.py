"""Running a few pieces of decoding side by side.

Threads live for one call only: nothing is left over for a fork to break, and starting
one costs less than decoding a tile. The decoders used here release the interpreter.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

THREADS = max(1, min(4, os.cpu_count() or 1))


def run_all(tasks: Sequence[Callable[[], None]]) -> None:
    """Run every task; the first error of a task is raised after all have ended."""
    if len(tasks) < 2 or THREADS == 1:
        for task in tasks:
            task()
        return
    with ThreadPoolExecutor(min(THREADS, len(tasks))) as pool:
        futures = [pool.submit(task) for task in tasks]
    for future in futures:
        future.result()


def spans(length: int, at_least: int) -> Iterator[tuple[int, int]]:
    """Cut `length` into one span per thread, none shorter than `at_least`."""
    count = max(1, min(THREADS, length // at_least))
    for i in range(count):
        yield length * i // count, length * (i + 1) // count
