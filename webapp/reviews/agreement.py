"""How far two people who read the same answers agree (Cohen, 1960)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from webapp.reviews.models import Review


@dataclass(frozen=True)
class Agreement:
    """Two people's verdicts on the questions that both have read."""

    reviewers: tuple[str, str]
    questions: int
    agreement: float
    kappa: float | None
    """1 is perfect, 0 is chance; None when both always say one and the same."""

    @property
    def same(self) -> int:
        """On how many questions both say the same."""
        return round(self.agreement * self.questions)


def cohens_kappa(pairs: Iterable[tuple[str, str]]) -> float | None:
    """Agreement beyond chance of paired verdicts; None where chance is certainty.

    kappa = (p_o - p_e) / (1 - p_e), with p_e the sum over verdicts of the product of
    both readers' own shares (Educ. Psychol. Meas. 20, 1960).
    """
    said = list(pairs)
    if not said:
        return None
    count = len(said)
    observed = sum(one == other for one, other in said) / count
    first = Counter(one for one, _ in said)
    second = Counter(other for _, other in said)
    chance = sum(first[verdict] * second[verdict] for verdict in first) / count**2
    return None if chance == 1 else (observed - chance) / (1 - chance)


def agreements() -> list[Agreement]:
    """Of every two people with a question in common, by name."""
    told: dict[str, dict[str, str]] = defaultdict(dict)
    rows = Review.objects.current().values_list(
        "question_id", "reviewer__username", "verdict"
    )
    for question, reviewer, verdict in rows:
        told[reviewer][str(question)] = verdict
    found = (
        of_two(one, other, told[one], told[other])
        for one, other in combinations(sorted(told), 2)
    )
    return [each for each in found if each is not None]


def of_two(
    one: str, other: str, first: dict[str, str], second: dict[str, str]
) -> Agreement | None:
    """None when they have read nothing in common."""
    both = sorted(first.keys() & second.keys())
    if not both:
        return None
    pairs = [(first[question], second[question]) for question in both]
    same = sum(a == b for a, b in pairs) / len(pairs)
    return Agreement((one, other), len(pairs), same, cohens_kappa(pairs))
