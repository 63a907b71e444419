"""Time several ways of doing one thing, so that their ratio means something.

The ways run one after the other inside each round and the ratio is taken inside the
round: a machine that grows slower meanwhile slows both sides of it.
"""

import statistics
import time
from collections.abc import Callable, Mapping

Seconds = dict[str, list[float]]


def time_interleaved(
    ways: Mapping[str, Callable[[], object]], rounds: int, warm_up: int = 1
) -> Seconds:
    """Seconds that each way took in each round, after `warm_up` rounds unseen."""
    seconds: Seconds = {name: [] for name in ways}
    for number in range(warm_up + rounds):
        for name, run in ways.items():
            started = time.perf_counter()
            run()
            if number >= warm_up:
                seconds[name].append(time.perf_counter() - started)
    return seconds


def median_ratio(seconds: Seconds, slower: str, faster: str) -> float:
    """How many times quicker `faster` was, the median over the rounds."""
    pairs = zip(seconds[slower], seconds[faster], strict=True)
    return statistics.median(slow / fast for slow, fast in pairs)


def print_table(seconds: Seconds, unit: str, amount: float) -> None:
    """One line per way: median seconds, and how much of `unit` per second."""
    width = max(len(name) for name in seconds)
    print(f"{'':{width}}  {'median s':>9}  {unit + '/s':>10}")
    for name, taken in seconds.items():
        median = statistics.median(taken)
        print(f"{name:{width}}  {median:9.4f}  {amount / median:10.2f}")
