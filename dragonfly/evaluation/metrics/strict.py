"""The strict mode: what this project holds itself to (no substring counts as a hit).

Closed answers: the first yes/no word decides, else the whole answer must match. Open
answers: exact match, and the token F1 of SQuAD (Rajpurkar et al., EMNLP 2016) with
multiset overlap. With several references the best one counts.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from dragonfly.evaluation.metrics.vqa_words import ARTICLES, NUMBERS

_DIGITS = {word: digit for word, digit in NUMBERS.items() if word != "none"}
_APOSTROPHES = re.compile(r"['\u2019]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
# A point inside a number and a minus before it belong to it; other marks part words.
_TOKEN = re.compile(r"(?:(?<!\w)-)?\d+(?:\.\d+)+|(?<!\w)-\d+\b|\w+")


def tokens(text: str) -> list[str]:
    """Lower-case words and numbers, without articles; zero..ten become digits."""
    folded = unicodedata.normalize("NFKC", text).lower()
    plain = _THOUSANDS.sub("", _APOSTROPHES.sub("", folded)).replace("_", " ")
    words = _TOKEN.findall(plain)
    return [_DIGITS.get(word, word) for word in words if word not in ARTICLES]


def normalise(text: str) -> str:
    """The tokens joined by single spaces: equal answers become equal strings."""
    return " ".join(tokens(text))


def exact_match(prediction: str, references: Sequence[str]) -> float:
    """1.0 where the normalised prediction is one of the references, else 0.0."""
    said = normalise(prediction)
    return float(bool(said) and said in {normalise(answer) for answer in references})


def first_yes_no(text: str) -> str | None:
    """The first word that is yes or no; `normal` and `nodule` are neither."""
    return next((word for word in tokens(text) if word in {"yes", "no"}), None)


def closed_match(prediction: str, references: Sequence[str]) -> float:
    """1.0 where the first yes/no word is the reference; other references exactly."""
    if any(normalise(answer) in {"yes", "no"} for answer in references):
        said = first_yes_no(prediction)
        return float(said in {normalise(answer) for answer in references})
    return exact_match(prediction, references)


def _overlap(said: list[str], wanted: list[str]) -> int:
    return (Counter(said) & Counter(wanted)).total()


def token_f1(prediction: str, references: Sequence[str]) -> float:
    """Best harmonic mean of token precision and recall, 0..1."""
    said = tokens(prediction)
    return max((_f1(said, tokens(answer)) for answer in references), default=0.0)


def _f1(said: list[str], wanted: list[str]) -> float:
    shared = _overlap(said, wanted)
    return 2 * shared / (len(said) + len(wanted)) if shared else 0.0


def token_recall(prediction: str, references: Sequence[str]) -> float:
    """Best share of a reference's tokens that the prediction holds, 0..1."""
    said = tokens(prediction)
    return max((_recall(said, tokens(answer)) for answer in references), default=0.0)


def _recall(said: list[str], wanted: list[str]) -> float:
    return _overlap(said, wanted) / len(wanted) if wanted else 0.0
