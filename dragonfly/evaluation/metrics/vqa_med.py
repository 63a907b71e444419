"""The two scores of VQA-Med (ImageCLEF 2019): exact match and BLEU after stemming.

Answers are lower-cased, stripped of punctuation and tokenised; for BLEU, English stop
words go and the Snowball stem stays. An order of n-gram without any match ends the
BLEU product, as in NLTK up to 3.2.5; since 3.3 NLTK gives practically 0 to every answer
of fewer than four words, right ones too.
"""

import math
import string
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from dragonfly.evaluation.library import need

_REMOVE = str.maketrans("", "", string.punctuation)
# NLTK's English stop words, less those that hold an apostrophe: none is left by then.
_STOP = """
i me my myself we our ours ourselves you your yours yourself yourselves he him his
himself she her hers herself it its itself they them their theirs themselves what which
who whom this that these those am is are was were be been being have has had having do
does did doing a an the and but if or because as until while of at by for with about
against between into through during before after above below to from up down in out on
off over under again further then once here there when where why how all any both each
few more most other some such no nor not only own same so than too very s t can will
just don should now d ll m o re ve y ma
"""
# What is left of "isn't" and the like when NLTK's list has cut the "'t" off.
_NEGATED = """
ai are could did does had has have is might must need sha should was were wo would
"""
STOP_WORDS = frozenset(_STOP.split()) | {f"{verb}n" for verb in _NEGATED.split()}


@lru_cache(maxsize=1)
def _tools() -> tuple[Any, Any]:
    tokenizer = need("nltk.tokenize.destructive").NLTKWordTokenizer()
    return tokenizer, need("nltk.stem.snowball").SnowballStemmer("english")


def words(text: str) -> list[str]:
    """Lower-case Treebank tokens of the text without punctuation."""
    tokenizer, _ = _tools()
    found: list[str] = tokenizer.tokenize(text.lower().translate(_REMOVE))
    return found


def exact_match(prediction: str, references: Sequence[str]) -> float:
    """1.0 where the words are those of one reference, else 0.0."""
    said = words(prediction)
    return float(any(said == words(answer) for answer in references) and bool(said))


def stems(text: str) -> list[str]:
    """The stems of the words that are no stop words."""
    _, stemmer = _tools()
    return [stemmer.stem(word) for word in words(text) if word not in STOP_WORDS]


def bleu(prediction: str, references: Sequence[str]) -> float:
    """Best sentence BLEU-4 over the references, 0..1."""
    if not prediction.strip():
        return 0.0
    said = stems(prediction)
    return max((_bleu(said, stems(answer)) for answer in references), default=0.0)


def _bleu(said: list[str], wanted: list[str]) -> float:
    if not said or not wanted:
        return float(said == wanted)
    logs = 0.0
    for order in range(1, 5):
        matched = (_grams(said, order) & _grams(wanted, order)).total()
        if not matched:
            if order == 1:
                return 0.0
            break
        logs += 0.25 * math.log(matched / (len(said) - order + 1))
    short = min(0.0, 1 - len(wanted) / len(said))
    return math.exp(logs + short)


def _grams(tokens: list[str], order: int) -> Counter[tuple[str, ...]]:
    starts = range(len(tokens) - order + 1)
    return Counter(tuple(tokens[start : start + order]) for start in starts)
