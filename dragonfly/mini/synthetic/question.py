"""Questions about a synthetic slide, with the answer and where its evidence lies.

Whether an answer can be had from the overview or only from a closer look is part of
the question: it is what the zoom is measured by.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dragonfly.geometry import Region
from dragonfly.mini.synthetic.layout import Layout, Nest, NestKind
from dragonfly.mini.synthetic.recipe import TARGET_KINDS, SlideRecipe, TargetKind
from dragonfly.mini.synthetic.wording import WORDINGS, QuestionKind

PRESENT: dict[TargetKind, QuestionKind] = {
    "mitoses": "mitoses present",
    "tumour": "tumour present",
    "lymphocytes": "lymphocytes present",
    "rods": "rods present",
}
CELLS: dict[NestKind, str] = {
    "benign": "benign epithelial cells",
    "tumour": "tumour cells",
    "lymphocytes": "lymphocytes",
}


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `regions` hold the evidence, none for a "no" or a count of zero.

    `about_region` says that the regions are part of the question, shown to whoever
    answers; otherwise they are the truth that an answer's evidence is compared with.
    """

    kind: QuestionKind
    text: str
    answer: str
    needs_zoom: bool
    regions: tuple[Region, ...] = ()
    about_region: bool = False


def questions_of(recipe: SlideRecipe, layout: Layout) -> tuple[Question, ...]:
    """Every question the slide answers, each in one wording chosen by the seed."""
    random = np.random.default_rng([recipe.seed, 41])
    return (*_zoomed(recipe, layout, random), *_overview(recipe, layout, random))


def _asked(
    kind: QuestionKind,
    answer: str,
    random: np.random.Generator,
    regions: Iterable[Region] = (),
    *,
    needs_zoom: bool = True,
) -> Question:
    texts = WORDINGS[kind]
    text = texts[int(random.integers(len(texts)))]
    about = kind == "nest kind"
    return Question(kind, text, answer, needs_zoom, tuple(regions), about)


def _zoomed(
    recipe: SlideRecipe, layout: Layout, random: np.random.Generator
) -> Iterator[Question]:
    for kind in TARGET_KINDS:
        if kind == "tumour" and recipe.background == "tumour":
            continue
        found = [nest.region for nest in layout.targets if nest.kind == kind]
        yield _asked(PRESENT[kind], "yes" if found else "no", random, found)
    yield from _nest_kinds(layout, random)
    regions = [nest.region for nest in layout.targets]
    if len(regions) <= 3:
        yield _asked("target count", str(len(regions)), random, regions)
    if len(regions) == 1:
        quadrant = quadrant_of(regions[0], recipe.side_px)
        yield _asked("target quadrant", quadrant, random, regions)


def _nest_kinds(layout: Layout, random: np.random.Generator) -> Iterator[Question]:
    """One question per kind of nest that is there, about a solid nest of it."""
    solid: dict[str, list[Nest]] = defaultdict(list)
    for nest in layout.nests:
        if nest.kind in CELLS and nest.wall is None:
            solid[CELLS[nest.kind]].append(nest)
    for answer in sorted(solid):
        nest = solid[answer][int(random.integers(len(solid[answer])))]
        yield _asked("nest kind", answer, random, [nest.region])


def _overview(
    recipe: SlideRecipe, layout: Layout, random: np.random.Generator
) -> Iterator[Question]:
    fragments = str(len(layout.islands))
    yield _asked("fragment count", fragments, random, needs_zoom=False)
    pen = "yes" if recipe.pen else "no"
    yield _asked("pen present", pen, random, needs_zoom=False)
    if recipe.pen:
        yield _asked("pen colour", recipe.pen, random, needs_zoom=False)
    fold = "yes" if recipe.fold else "no"
    yield _asked("fold present", fold, random, needs_zoom=False)


def quadrant_of(region: Region, side_px: int) -> str:
    """Where the middle of `region` lies, such as "upper left"."""
    upright = "upper" if region.center.y * 2 < side_px else "lower"
    return f"{upright} {'left' if region.center.x * 2 < side_px else 'right'}"


def balanced(
    questions: Sequence[tuple[int, Question]], seed: int
) -> list[tuple[int, Question]]:
    """As many of (slide, question) as keep all answers of each kind equally frequent.

    Whoever answers from the question alone is then right by chance only.
    """
    random = np.random.default_rng([seed, 43])
    shuffled = [questions[i] for i in random.permutation(len(questions))]
    counts = Counter((q.kind, q.answer) for _, q in shuffled)
    least: dict[QuestionKind, int] = {}
    for (kind, _), count in counts.items():
        least[kind] = min(least.get(kind, count), count)
    taken: Counter[tuple[QuestionKind, str]] = Counter()
    kept = []
    for slide, question in shuffled:
        key = (question.kind, question.answer)
        if taken[key] < least[question.kind]:
            taken[key] += 1
            kept.append((slide, question))
    return kept
