"""Adding an example, and finding one that is the same or nearly the same."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from dragonfly.geometry import Region
from webapp.reviews.models import Example

NEARLY = 0.5
"""Regions that share so much of their union are of one place."""


@dataclass(frozen=True)
class Twin:
    """An example that is there already; `is_same` when nothing at all differs."""

    example: Example
    is_same: bool


def plain(text: str) -> str:
    """Lower-case words with single spaces between them."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def fingerprint(digest: str, region: Region, question: str, answer: str) -> str:
    """Equal for examples that teach the same."""
    parts = (digest, str(region), plain(question), plain(answer))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def find_twin(digest: str, region: Region, question: str, answer: str) -> Twin | None:
    """The same example, or the first that asks the same about nearly the same place."""
    kept = Example.objects.filter(slide_digest=digest, is_withdrawn=False)
    mark = fingerprint(digest, region, question, answer)
    if same := kept.filter(fingerprint=mark).order_by("pk").first():
        return Twin(same, is_same=True)
    words = plain(question)
    for other in kept.order_by("pk"):
        if plain(other.question) == words and shared(other.region, region) >= NEARLY:
            return Twin(other, is_same=False)
    return None


def shared(one: Region, other: Region) -> float:
    """Intersection over union, 0 to 1."""
    both = one.intersection(other)
    if both is None:
        return 0.0
    return both.area / (one.area + other.area - both.area)


def add_example(
    *, region: Region, question: str, answer: str, slide_digest: str, **fields: Any
) -> Example:
    """Write the row, pointing to its near duplicate if there is one."""
    twin = find_twin(slide_digest, region, question, answer)
    return Example.objects.create(
        slide_digest=slide_digest,
        x=region.x,
        y=region.y,
        width=region.width,
        height=region.height,
        question=question,
        answer=answer,
        fingerprint=fingerprint(slide_digest, region, question, answer),
        near_duplicate_of=twin.example if twin else None,
        **fields,
    )
