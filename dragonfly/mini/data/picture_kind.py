"""What kind of picture it is at all: tissue, blood or a radiological image.

Made from the pictures of the other sources, "yes" and "no" equally often for each
kind, so that the model first knows what it looks at.
"""

from collections.abc import Sequence

import numpy as np

from dragonfly.mini.data.ask import Asker, yes_no
from dragonfly.mini.data.asked import Asked, Domain
from dragonfly.mini.data.picture import Picture

NAME = "picture-kind"
THINGS: dict[Domain, str] = {
    "radiology": "a radiology image",
    "stained tissue": "a section of stained tissue",
    "blood smear": "a blood smear",
}
MOST_OF_EACH = 250


def ask_picture_kinds(asked: Sequence[Asked], seed: int) -> list[Asked]:
    """The true kind or a false one, for a sample of the pictures of each domain."""
    random = np.random.default_rng([seed, 101])
    found: list[Asked] = []
    for domain in THINGS:
        pictures = list({one.picture: None for one in asked if one.domain == domain})
        asker = Asker(NAME, domain, random)
        for i in random.permutation(len(pictures))[:MOST_OF_EACH]:
            found.append(_of_picture(pictures[int(i)], domain, asker))
    return found


def _of_picture(picture: Picture, domain: Domain, asker: Asker) -> Asked:
    others = [other for other in THINGS if other != domain]
    named = others[int(asker.random.integers(len(others)))]
    if asker.random.random() < 0.5:
        named = domain
    answer = yes_no(named == domain)
    thing = THINGS[named]
    return asker.ask(picture, "picture kind", answer, about=named, thing=thing)
