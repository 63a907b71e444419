"""Does the zoom pay? Questions that need high magnification, with and without it.

    python -m benchmarks.zoom
    python -m benchmarks.zoom --slides 40 --model DIR

Synthetic slides that no training saw hide nests that differ from all others at 20x to
40x only. Each question is asked twice with the same number of visual tokens: the engine
descends, or it sees the whole slide as one picture ("overview only"). Questions are
balanced, so that chance is right half of the time. Also told: how often a selected
region touches the evidence, seconds to the first words and to the end, and
the most memory that was in use (Linux).
"""

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from unittest.mock import patch

import numpy as np

from dragonfly.engine import Answered, Decoding, Engine, TextDelta
from dragonfly.mini.build import build_mini
from dragonfly.mini.synthetic import (
    Question,
    RecipeError,
    balanced,
    training_recipes,
    truth_of,
    write_slide,
)
from dragonfly.slide import Slide, open_slide

SEED = 7_000
GOAL_POINTS = 20


@dataclass(frozen=True)
class Asked:
    """What one question gave."""

    is_right: bool
    touches: bool
    first_s: float
    all_s: float


def ask(engine: Engine, slide: Slide, question: Question, zoomed: bool) -> Asked:
    """One question; without the zoom the engine takes any region for one picture."""
    start = time.perf_counter()
    first = None
    engine.familiarity = None
    name = "dragonfly.engine.engine.fits_one_picture"
    with patch(name, lambda *_: not zoomed):
        for event in engine.answer(slide, question.text, decoding=Decoding(16)):
            if first is None and isinstance(event, TextDelta):
                first = time.perf_counter() - start
    assert isinstance(event, Answered)
    seen = [item.region for item in event.answer.evidence]
    touches = any(s.intersection(r) for s in seen for r in question.regions)
    said = event.answer.text.strip().lower().strip(".")
    total = time.perf_counter() - start
    return Asked(said == question.answer, touches, first or total, total)


def written(slides: int, side: int, folder: Path) -> Iterator[Path]:
    """The slides, painted in a process of their own: its memory is not the model's."""
    with ProcessPoolExecutor(1, get_context("spawn")) as painter:
        for recipe in training_recipes(slides, SEED, side):
            try:
                yield painter.submit(write_slide, recipe, folder).result()
            except RecipeError:
                continue


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slides", type=int, default=16)
    parser.add_argument("--side", type=int, default=8192)
    parser.add_argument("--model", type=Path)
    args = parser.parse_args()
    engine = Engine.load(args.model or build_mini())
    with tempfile.TemporaryDirectory() as folder:
        paths = list(written(args.slides, args.side, Path(folder)))
        asked = [
            (number, question)
            for number, path in enumerate(paths)
            for question in truth_of(path).questions
            if question.kind.endswith("present") and question.needs_zoom
        ]
        results: dict[bool, list[Asked]] = {True: [], False: []}
        for number, question in balanced(asked, SEED):
            with open_slide(paths[number]) as slide:
                for zoomed in results:
                    results[zoomed].append(ask(engine, slide, question, zoomed))
    report(results, len(paths))


def report(results: dict[bool, list[Asked]], slides: int) -> None:
    right = {z: [float(a.is_right) for a in given] for z, given in results.items()}
    gains = np.array(right[True]) - np.array(right[False])
    random = np.random.default_rng(0)
    draws = random.choice(gains, (1000, len(gains))).mean(axis=1) * 100
    low, high = np.percentile(draws, [2.5, 97.5])
    print(f"{len(gains)} questions about {slides} synthetic slides")
    print(f"zoom           {100 * statistics.mean(right[True]):5.1f} % right")
    print(f"overview only  {100 * statistics.mean(right[False]):5.1f} % right")
    print(
        f"gain {100 * gains.mean():.1f} points (95 % interval {low:.1f} to "
        f"{high:.1f}), goal {GOAL_POINTS}"
    )
    touched = [a.touches for a in results[True]]
    print(f"a selected region touches the evidence in {sum(touched)} answers")
    first = statistics.median(a.first_s for a in results[True])
    last = statistics.median(a.all_s for a in results[True])
    kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"first words {first:.1f} s, done {last:.1f} s, "
        f"RSS at most {kib / 2**20:.2f} GiB"
    )


if __name__ == "__main__":
    main()
