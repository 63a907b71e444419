"""Which part a patient is in: drawn once, kept for ever.

A group is everything that one patient's slides could leak: the patient's key and the
digests of the slides. The locked test part stays locked because a group never moves.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

from webapp.reviews.models import GroupPart, Part

SHARES = {Part.TRAIN: 0.70, Part.VALIDATION: 0.15, Part.TEST: 0.15}
CONFLICT = ""


def patient_key(patient: str) -> str:
    """The key of a patient's group, which does not tell the patient's own key."""
    return hashlib.sha256(f"patient\0{patient}".encode()).hexdigest()


def slide_key(digest: str) -> str:
    """The key of a slide's group."""
    return hashlib.sha256(f"slide\0{digest}".encode()).hexdigest()


def keys_of(digest: str, patient: str) -> tuple[str, ...]:
    """All keys of a slide, that of the patient first where there is one."""
    own = slide_key(digest)
    return (patient_key(patient), own) if patient else (own,)


class Parts:
    """Deals groups out; what it has dealt before stays where it is."""

    def __init__(self) -> None:
        self._known = dict(GroupPart.objects.values_list("key", "part"))
        self._count: Counter[str] = Counter()

    def of(self, keys: Iterable[str]) -> str | None:
        """The part of a known group; `CONFLICT` for one in two parts, None for new."""
        found = {self._known[key] for key in keys if key in self._known}
        if len(found) > 1:
            return CONFLICT
        return found.pop() if found else None

    def count(self, part: str, examples: int) -> None:
        """So many examples are in this part."""
        self._count[part] += examples

    def deal(self, keys: Iterable[str], examples: int, left: int) -> str:
        """Put a new group into the part that is furthest below its share.

        Args:
            left: new groups still to be dealt, this one among them: the last ones go
                to parts that would stay empty.
        """
        total = sum(self._count.values()) + examples
        empty = [part for part in SHARES if not self._count[part]]
        allowed = empty if left <= len(empty) else list(SHARES)
        part = max(allowed, key=lambda p: SHARES[p] * total - self._count[p])
        self.fix(keys, part)
        self.count(part, examples)
        return str(part)

    def fix(self, keys: Iterable[str], part: str) -> None:
        """Keep these keys in this part from now on."""
        for key in keys:
            if key not in self._known:
                GroupPart.objects.create(key=key, part=part)
                self._known[key] = part
