"""Questions that a picture does not answer, and the words that say so.

Most are real questions of another kind of picture, so the question alone never gives
the refusal away. The others no picture answers (how old the patient is), or are asked
of a picture of nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from dragonfly.evaluation.metrics.strict import normalise
from dragonfly.mini.data.asked import Asked, Domain
from dragonfly.mini.data.picture import Emptiness, EmptyPicture, Picture

NAME = "unknown"
REFUSALS = (
    "This cannot be told from this image.",
    "That cannot be told from this image.",
    "It cannot be told from this image.",
    "The answer cannot be told from this image.",
)
MARK = "cannot be told from this image"
NOBODY_KNOWS = (
    "How old is the patient?",
    "What is the patient's name?",
    "Is the patient a smoker?",
    "Which medicine does the patient take?",
    "In which hospital was this image made?",
    "What is the blood pressure of the patient?",
    "When was this image acquired?",
    "What did the patient complain of?",
    "What is the patient's blood group?",
    "How long will the patient live?",
    "Which doctor asked for this examination?",
    "Does the patient have allergies?",
)
WHICH_ORGAN = (
    "Which organ is this tissue from?",
    "What organ was this sample taken from?",
    "From which organ does this tissue come?",
    "Name the organ of this H&E patch.",
    "Which organ is shown here?",
    "What is the organ of origin?",
    "Which part of the body was this tissue taken from?",
    "Can you name the organ this section comes from?",
)
MISFITS: dict[Domain, tuple[Domain, ...]] = {
    "radiology": ("stained tissue", "blood smear"),
    "stained tissue": ("radiology",),
    "blood smear": ("radiology",),
    "synthetic": ("radiology", "blood smear"),
}
"""Whose questions cannot fit a picture. Smear and tissue both show cells: not here."""
ANSWERED_ANYWHERE = frozenset({"modality", "picture kind"})
NAMES_ITS_DOMAIN: dict[Domain, tuple[str, ...]] = {
    "radiology": ("lung", "brain", "kidney", "liver", "heart", "spine", "ct ", "mri"),
    "stained tissue": ("h&e", "tumour", "stromal", "lymphocytes"),
    "blood smear": ("smear", "platelet"),
    "synthetic": ("slide", "nest"),
}
ANSWERED_BY_NO = re.compile(r"^(is|was|are|could|would|does) (this|the image|it)\b")
"""Asked of another kind of picture, such a question has an answer: "no"."""
EMPTINESS: tuple[Emptiness, ...] = ("blank", "noise", "blocks", "gradient")
NOTHING_SHARE, NOBODY_SHARE, ORGAN_SHARE = 0.2, 0.15, 0.15


def is_refusal(text: str) -> bool:
    """Whether an answer says that the image does not tell."""
    return normalise(MARK) in normalise(text)


def unanswerable(asked: Sequence[Asked], share: float, seed: int) -> list[Asked]:
    """Refusals to add so that they are `share` of all questions.

    Raises:
        ValueError: `share` is not within 0 and 0.5.
    """
    if not 0 <= share <= 0.5:
        raise ValueError("the share of questions without answer lies within 0 and 0.5")
    wanted = round(len(asked) * share / (1 - share))
    maker = _Maker(asked, np.random.default_rng([seed, 97]))
    made = [maker.make() for _ in range(wanted)]
    return [one for one in made if one is not None]


class _Maker:
    def __init__(self, asked: Sequence[Asked], random: np.random.Generator) -> None:
        self.random = random
        self.pictures: dict[Domain, list[Picture]] = {}
        self.questions: dict[Domain, list[str]] = {}
        for one in asked:
            self.pictures.setdefault(one.domain, []).append(one.picture)
            if _names_its_domain(one):
                self.questions.setdefault(one.domain, []).append(one.question)

    def make(self) -> Asked | None:
        """One refusal; None where the sources at hand allow none of the drawn kind."""
        chance = float(self.random.random())
        if chance < NOTHING_SHARE:
            return self._of_nothing()
        if chance < NOTHING_SHARE + NOBODY_SHARE:
            return self._refused(self._any_domain(), "nobody knows", NOBODY_KNOWS)
        if chance < NOTHING_SHARE + NOBODY_SHARE + ORGAN_SHARE:
            return self._refused("stained tissue", "which organ", WHICH_ORGAN)
        domain = self._any_domain()
        others = [d for d in MISFITS[domain] if self.questions.get(d)]
        if not others:
            return None
        other = others[int(self.random.integers(len(others)))]
        return self._refused(domain, f"asked of {domain}", self.questions[other])

    def _of_nothing(self) -> Asked | None:
        known = [questions for questions in self.questions.values() if questions]
        if not known:
            return None
        questions = known[int(self.random.integers(len(known)))]
        kind = EMPTINESS[int(self.random.integers(len(EMPTINESS)))]
        picture = EmptyPicture(kind, int(self.random.integers(40)))
        return self._asked("nothing", picture, "of nothing", questions)

    def _any_domain(self) -> Domain:
        domains = sorted(set(self.pictures) & set(MISFITS))
        return domains[int(self.random.integers(len(domains)))]

    def _refused(
        self, domain: Domain, kind: str, questions: Sequence[str]
    ) -> Asked | None:
        pictures = self.pictures.get(domain)
        if not pictures:
            return None
        picture = pictures[int(self.random.integers(len(pictures)))]
        return self._asked(domain, picture, kind, questions)

    def _asked(
        self, domain: Domain, picture: Picture, kind: str, questions: Sequence[str]
    ) -> Asked:
        question = questions[int(self.random.integers(len(questions)))]
        answer = REFUSALS[int(self.random.integers(len(REFUSALS)))]
        # Refusals may stand together: none of them helps with another.
        return Asked(NAME, domain, picture, kind, question, answer, question)


def _names_its_domain(one: Asked) -> bool:
    """Whether a question says enough to be out of place elsewhere."""
    lower = one.question.lower()
    if one.topic in ANSWERED_ANYWHERE or ANSWERED_BY_NO.match(lower):
        return False
    return any(word in lower for word in NAMES_ITS_DOMAIN.get(one.domain, ()))
