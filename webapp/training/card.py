"""The card of a model version: what a person reads before it may answer.

Each part of the site tells what it knows of a version; nothing is made up where nobody
knows anything. The parts above this one register a teller when they load.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings

from webapp.training.models import ModelImport, ModelVersion

NOT_TOLD = "Nobody has told of it."
NOT_COMPARED = "Nobody has compared it here on a locked test part."
MECHANISM = {
    "v1": "Dragonfly v1 (arXiv 2406.00977): it reads an overview, crops of it, and of "
    "the finest crops those that zoom-in selection keeps; a linear projector hands "
    "them to a language model of the Llama architecture.",
    "v2": "Dragonfly v2 (arXiv 2406.00977): it reads an overview in full and finer "
    "crops pooled; a linear projector hands them to a language model of the Llama "
    "architecture.",
}
ZOOM = (
    "On a slide it descends from the overview into regions that a named rule selects. "
    "The rule says what was looked at, never why the answer is what it is."
)
ALWAYS = "Answers can be wrong, also when they sound sure."
LICENCE_LINE = re.compile(r"^licen[cs]e:[ \t]*(.{1,256})$", re.MULTILINE | re.I)
FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
NO_SENTENCE = ("#", "|", "-", "!", "<", "*", "`", "[")
LONGEST_SUMMARY = 600


@dataclass(frozen=True)
class Measure:
    """One figure with its 95 % interval, in points or per cent as its name says."""

    name: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Fact:
    """One line of the card, such as the data set's version."""

    term: str
    text: str


@dataclass(frozen=True)
class Told:
    """What one part of the site knows of a version; empty where it knows nothing."""

    summary: str = ""
    validation: str = ""
    licence: str = ""
    warnings: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Card:
    """All that is known, with the places where nobody knows anything marked so."""

    summary: str
    mechanism: str
    intended_use: str
    validation: str
    licence: str
    warnings: list[str]
    measures: list[Measure] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    makers: str = ""
    """The makers' own card, as they wrote it."""

    def fields(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


Teller = Callable[[ModelVersion], Told | None]
_tellers: list[Teller] = []


def add_card_teller(teller: Teller) -> Teller:
    """Have `teller` asked of each version; None: it knows nothing of this one."""
    _tellers.append(teller)
    return teller


def card_of(version: ModelVersion) -> Card:
    """What the tellers know; of a single sentence the first one counts."""
    every = [told for teller in _tellers if (told := teller(version)) is not None]
    every += list(_own(version))
    return Card(
        summary=_first(told.summary for told in every) or version.note or NOT_TOLD,
        mechanism=" ".join([MECHANISM.get(version.variant, ""), ZOOM]).strip(),
        intended_use=str(settings.INTENDED_USE),
        validation=_first(told.validation for told in every) or NOT_COMPARED,
        licence=_first(told.licence for told in every) or NOT_TOLD,
        warnings=[ALWAYS, *(each for told in every for each in told.warnings)],
        measures=[each for told in every for each in told.measures],
        facts=[each for told in every for each in told.facts],
        makers=version.card_text,
    )


def _own(version: ModelVersion) -> Iterator[Told]:
    """From the makers' card, and from how it came here."""
    text = version.card_text
    found = LICENCE_LINE.search(text)
    licence = found.group(1).strip(" \"'") if found else ""
    yield Told(summary=first_paragraph(text), licence=licence)
    brought = ModelImport.objects.filter(model_version=version).select_related("base")
    if came := brought.order_by("created_at").first():
        base = (Fact("Base", str(came.base)),) if came.base else ()
        yield Told(
            warnings=(
                "It was not trained here: what it learned from is known from its "
                "makers alone.",
            ),
            facts=base,
        )


def first_paragraph(markdown: str) -> str:
    """The first sentences of a card, without its headings and tables."""
    for block in FRONT_MATTER.sub("", markdown).split("\n\n"):
        plain = " ".join(block.split())
        is_field = LICENCE_LINE.match(plain) is not None
        if plain and not plain.startswith(NO_SENTENCE) and not is_field:
            return plain[:LONGEST_SUMMARY]
    return ""


def _first(sentences: Iterator[str]) -> str:
    return next((each for each in sentences if each), "")
