"""Words a templated question, by chance but always the same for a seed."""

import numpy as np

from dragonfly.mini.data.asked import Asked, Domain
from dragonfly.mini.data.picture import Picture
from dragonfly.mini.data.wording import WORDINGS

OWN_WORDING = 0.4
"""How often a benchmark's own wording is taken where it has one."""

TOPICS = {
    "dominant": "cell shares",
    "outnumber": "cell shares",
    "present": "cell shares",
    "cellularity": "density",
    "count": "density",
    "smear present": "number of {}",
    "smear count": "number of {}",
    "smear where": "smear where {}",
    "where": "where {}",
    "more than percent": "share of {}",
    "nuclei dense": "number of nuclei",
    "nuclei present": "number of nuclei",
    "nuclei count": "number of nuclei",
    "modality check": "modality",
    "plane check": "plane",
    "body check": "organ",
    "field nest": "field",
    "field present": "field",
}
"""What a templated question is about; `{}` stands for what parts its kinds."""

CELLS = {1: "lymphocytes", 2: "tumour or epithelial cells", 3: "stromal cells"}
HALVES = (("left", "right"), ("upper", "lower"))


def worded(
    template: str, random: np.random.Generator, own: float = 0.0, **words: str
) -> str:
    """One wording of `template`; the first one at least with probability `own`."""
    texts = WORDINGS[template]
    chosen = 0 if random.random() < own else int(random.integers(len(texts)))
    return texts[chosen].format(**words)


class Asker:
    """Makes `Asked`s of one source; all chance comes from one generator."""

    def __init__(
        self, source: str, domain: Domain, random: np.random.Generator
    ) -> None:
        self.source = source
        self.domain = domain
        self.random = random

    def ask(
        self,
        picture: Picture,
        template: str,
        answer: str,
        *,
        about: str = "",
        own: float = 0.0,
        made: bool = True,
        **words: str,
    ) -> Asked:
        """A templated question; `about` parts kinds whose answers do not compare.

        `made` is False where answers shall stay as frequent as they are.
        """
        kind = f"{template}: {about}" if about else template
        question = worded(template, self.random, own, **words)
        topic = TOPICS.get(template, template).format(about)
        return Asked(
            self.source, self.domain, picture, kind, question, answer, topic, made
        )


def yes_no(truth: bool) -> str:
    return "yes" if truth else "no"


def half_with_more(low: int, high: int, halves: tuple[str, str]) -> str | None:
    """The half that clearly holds more; None where they are too close to tell.

    As the benchmark has it: eight cells at least, and one half with half as many again.
    """
    if low + high < 8 or min(low, high) > 2 / 3 * max(low, high):
        return None
    return halves[0] if low > high else halves[1]
