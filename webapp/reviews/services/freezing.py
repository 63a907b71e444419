"""Freezing examples: filtered, split by patient, digested and described."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from dragonfly.errors import DragonflyError
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.reviews.models import (
    DataSetRow,
    DataSetVersion,
    Example,
    Part,
    SlideUse,
)
from webapp.reviews.services.examples import plain
from webapp.reviews.services.parting import CONFLICT, Parts, keys_of

NO_CONSENT, NOT_CHECKED, REPEATED, TWO_PARTS = (
    "NO_CONSENT",
    "NOT_DEIDENTIFIED",
    "DUPLICATE",
    "PATIENT_IN_TWO_PARTS",
)
"""Why an example was left out; the card counts them."""


@dataclass(frozen=True)
class Frozen:
    """One example on its way into a data set."""

    example: Example
    keys: tuple[str, ...]
    part: str = ""

    @property
    def group(self) -> str:
        """What is never torn apart, in an opaque form."""
        return self.keys[0][:16]

    def line(self) -> str:
        """The manifest's row, always written the same way."""
        example, region = self.example, self.example.region
        fields = {
            "slide": example.slide_digest,
            "region": [region.x, region.y, region.width, region.height],
            "question": example.question,
            "answer": example.answer,
            "source": example.origin or example.source,
            "reviewer": example.reviewer.username if example.reviewer else None,
            "licence": example.licence or "site data",
            "patient": self.group,
        }
        return json.dumps(fields, ensure_ascii=False, sort_keys=True)


@transaction.atomic
def freeze_data_set(
    name: str, actor: User, address: str | None = None
) -> DataSetVersion:
    """Freeze every example that may be learned from.

    The same examples give the same digest, and then the version that is there already.

    Raises:
        DragonflyError: DATA_SET_EMPTY; DATA_SET_INCOMPLETE, a part has no example.
    """
    allowed, left_out = allowed_examples()
    if not allowed:
        raise DragonflyError(
            "DATA_SET_EMPTY",
            "No example may be learned from yet: accept reviews, and set consent and "
            f"the check of the pixels for their slides. Left out: {told(left_out)}.",
        )
    rows, conflicts = split(allowed)
    left_out[TWO_PARTS] += conflicts
    refuse_missing_parts(rows)
    lines = sorted(f"{row.part}\0{row.line()}" for row in rows)
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    if same := DataSetVersion.objects.filter(digest=digest).first():
        return same
    data_set = DataSetVersion.objects.create(
        name=name.strip() or f"Data set of {len(rows)} examples",
        digest=digest,
        card=card_of(rows, left_out),
        frozen_by=actor,
    )
    DataSetRow.objects.bulk_create(
        DataSetRow(
            data_set=data_set, example=row.example, part=row.part, line=row.line()
        )
        for row in sorted(rows, key=lambda row: (row.part, row.line()))
    )
    AuditEvent.record(
        "data_set.freeze",
        actor=actor,
        on=data_set,
        address=address,
        digest=digest,
        examples=len(rows),
    )
    return data_set


def allowed_examples() -> tuple[list[Frozen], Counter[str]]:
    """Those of slides with consent, each teaching something else; and why not."""
    uses = {use.slide_digest: use for use in SlideUse.objects.all()}
    left_out: Counter[str] = Counter()
    seen: set[str] = set()
    allowed: list[Frozen] = []
    kept = Example.objects.filter(is_withdrawn=False).select_related("reviewer")
    for example in kept.order_by("pk"):
        use = uses.get(example.slide_digest)
        reason = refusal(use) or (REPEATED if example.fingerprint in seen else "")
        if reason or use is None:
            left_out[reason] += 1
            continue
        seen.add(example.fingerprint)
        allowed.append(Frozen(example, keys_of(example.slide_digest, use.patient)))
    return allowed, left_out


def refusal(use: SlideUse | None) -> str:
    """Why nothing may be learned from a slide; "" when it may."""
    if use is None or use.consent != SlideUse.Consent.GIVEN:
        return NO_CONSENT
    return "" if use.is_deidentified else NOT_CHECKED


def split(rows: list[Frozen]) -> tuple[list[Frozen], int]:
    """Each row with its part, and how many were left out for being in two."""
    parts, groups = Parts(), defaultdict(list)
    for row in rows:
        groups[row.keys[0]].append(row)
    found: dict[str, str | None] = {}
    keys = {
        group: {k for r in members for k in r.keys} for group, members in groups.items()
    }
    for group, members in groups.items():
        found[group] = parts.of(keys[group])
        if found[group]:
            parts.fix(keys[group], str(found[group]))
            parts.count(str(found[group]), len(members))
    # The largest first: what comes last evens the shares out.
    new = [group for group, part in found.items() if part is None]
    ordered = sorted(new, key=lambda g: (-len(groups[g]), g))
    for place, group in enumerate(ordered):
        left = len(ordered) - place
        found[group] = parts.deal(keys[group], len(groups[group]), left)
    placed = [
        Frozen(row.example, row.keys, str(found[row.keys[0]]))
        for row in rows
        if found[row.keys[0]] != CONFLICT
    ]
    return placed, len(rows) - len(placed)


def refuse_missing_parts(rows: list[Frozen]) -> None:
    """Raise DATA_SET_INCOMPLETE unless every part has an example."""
    parts = {row.part for row in rows}
    absent = [part.label.lower() for part in Part if part not in parts]
    if absent:
        raise DragonflyError(
            "DATA_SET_INCOMPLETE",
            f"There are examples of too few patients: nothing is left for "
            f"{' and '.join(absent)}. Reviews of at least three patients are needed.",
        )


def card_of(rows: list[Frozen], left_out: Counter[str]) -> dict[str, Any]:
    """What a person reads before training on it."""
    parts = {
        part: part_card([row for row in rows if row.part == part]) for part in Part
    }
    return {
        "intended_use": settings.INTENDED_USE,
        "examples": len(rows),
        "parts": parts,
        "left_out": dict(+left_out),
        "leakage": leakage(rows),
    }


def part_card(rows: list[Frozen]) -> dict[str, Any]:
    """Counts of one part; answers by how common they are."""
    answers = Counter(plain(row.example.answer) for row in rows)
    return {
        "examples": len(rows),
        "patients": len({row.group for row in rows}),
        "slides": len({row.example.slide_digest for row in rows}),
        "sources": dict(Counter(row.example.source for row in rows)),
        "questions": len({plain(row.example.question) for row in rows}),
        "answers": dict(answers.most_common(20)),
        "near_duplicates": sum(bool(row.example.near_duplicate_of_id) for row in rows),
    }


def leakage(rows: list[Frozen]) -> dict[str, int]:
    """Groups, slides and examples that are in more than one part: each must be 0."""
    return {
        "patients_in_two_parts": torn({(row.group, row.part) for row in rows}),
        "slides_in_two_parts": torn(
            {(row.example.slide_digest, row.part) for row in rows}
        ),
        "examples_in_two_parts": torn(
            {(row.example.fingerprint, row.part) for row in rows}
        ),
    }


def torn(pairs: set[tuple[str, str]]) -> int:
    """How many names occur with more than one part."""
    return sum(count > 1 for count in Counter(name for name, _ in pairs).values())


def told(left_out: Counter[str]) -> str:
    """The reasons with their counts, for a sentence."""
    words = [f"{count} {reason}" for reason, count in sorted(left_out.items())]
    return ", ".join(words) or "none"
