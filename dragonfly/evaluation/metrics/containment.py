"""Whether the words that an answer requires are in it, for MM-Vet's keyed answers."""

from collections.abc import Sequence

from dragonfly.evaluation.metrics.strict import tokens


def _holds(said: list[str], wanted: list[str]) -> bool:
    starts = range(len(said) - len(wanted) + 1)
    return any(said[start : start + len(wanted)] == wanted for start in starts)


def all_parts_said(prediction: str, alternatives: Sequence[str]) -> float:
    """1.0 where every `<AND>` part of one alternative is said, word for word."""
    said = tokens(prediction)
    for alternative in alternatives:
        parts = [tokens(part) for part in alternative.split("<AND>")]
        if all(part and _holds(said, part) for part in parts):
            return 1.0
    return 0.0
