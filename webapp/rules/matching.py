"""Which rules fit a slide, and why: the same answer for the act and for the dry run."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.rules.facts import Facts
from webapp.rules.models import Rule


@dataclass(frozen=True)
class Check:
    """One condition of a rule."""

    name: str
    wanted: str
    found: str
    holds: bool


@dataclass(frozen=True)
class Verdict:
    """A rule, whether it is acted on, and each of its conditions."""

    rule: Rule
    fires: bool
    reason: str
    checks: tuple[Check, ...]


def verdicts(rules: list[Rule], facts: Facts) -> list[Verdict]:
    """Each rule in its order; those after a last one that fits are not acted on."""
    told: list[Verdict] = []
    last: Rule | None = None
    for rule in rules:
        checks = checks_of(rule, facts)
        reason = _reason(rule, checks, last)
        told.append(Verdict(rule, not reason, reason or "Everything fits.", checks))
        if not reason and rule.is_last:
            last = rule
    return told


def _reason(rule: Rule, checks: tuple[Check, ...], last: Rule | None) -> str:
    """Why it is not acted on; "" if it is."""
    if not rule.is_enabled:
        return "It is not enabled."
    failed = [check.name for check in checks if not check.holds]
    if failed:
        return f"Does not fit: {', '.join(failed)}."
    return f"“{last.name}” fits and is the last." if last else ""


def checks_of(rule: Rule, facts: Facts) -> tuple[Check, ...]:
    """The conditions that the rule names."""
    return tuple(
        Check(name, wanted, "; ".join(found) or "unknown", holds)
        for name, wanted, found, holds in (
            ("source", _source(rule), (facts.source,), _is_from(rule, facts)),
            ("modality", rule.modality, (facts.modality,), _is_of(rule, facts)),
            (
                "body site",
                rule.body_site,
                facts.body_sites,
                is_among(rule.body_site, facts.body_sites),
            ),
            ("stain", rule.stain, facts.stains, is_among(rule.stain, facts.stains)),
        )
        if wanted
    )


def _source(rule: Rule) -> str:
    return rule.source.get_username() if rule.source else ""


def _is_from(rule: Rule, facts: Facts) -> bool:
    return _source(rule) == facts.source


def _is_of(rule: Rule, facts: Facts) -> bool:
    wanted = rule.modality.upper().replace(",", " ").split()
    return facts.modality.upper() in wanted


def is_among(wanted: str, found: tuple[str, ...]) -> bool:
    """It is one of the texts, or a part of one of them that is no code.

    A code is compared whole: "10" is not found in "76752008".
    """
    text = wanted.strip().casefold()
    return any(
        text == other.casefold() or (not is_code(other) and text in other.casefold())
        for other in found
    )


def is_code(text: str) -> bool:
    """Digits, perhaps with letters and hyphens: "76752008", "T-04000", "CD20"."""
    plain = text.replace("-", "")
    return plain.isalnum() and not plain.isalpha()
