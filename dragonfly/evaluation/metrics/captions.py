"""Caption scores through kept libraries that run offline, and COCO's ROUGE-L.

BLEU: sacrebleu. ROUGE-L: rouge-score. METEOR: NLTK without WordNet, so only its exact
and stem modules match words: it is lower than the Java METEOR of the papers, never
equal to it. `rouge_l_coco` is the formula of the COCO caption evaluation, which those
papers used; CIDEr-D has a module of its own.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from dragonfly.evaluation.library import need

# Words keep inner hyphens, apostrophes and points; other marks go, as after COCO's
# PTB tokenizer, which needs Java.
_WORD = re.compile(r"\w+(?:[.'\u2019-]\w+)*")
_COCO_BETA = 1.2


def caption_words(text: str) -> list[str]:
    """Lower-case words without punctuation."""
    return _WORD.findall(text.lower())


class _NoSynonyms:
    """Stands for WordNet, which is a download, where NLTK asks for synonyms."""

    def synsets(self, word: str) -> list[Any]:
        return []


def meteor_exact_stem(prediction: str, references: Sequence[str]) -> float:
    """METEOR (Banerjee & Lavie, 2005), exact and stem modules only, 0..1."""
    said = caption_words(prediction)
    wanted = [caption_words(answer) for answer in references]
    if not said or not any(wanted):
        return 0.0
    score = need("nltk.translate.meteor_score").meteor_score
    return float(score(wanted, said, wordnet=_NoSynonyms()))


@lru_cache(maxsize=1)
def _rouge() -> Any:
    return need("rouge_score.rouge_scorer").RougeScorer(["rougeL"], use_stemmer=False)


def rouge_l(prediction: str, references: Sequence[str]) -> float:
    """Best ROUGE-L F1 over the references (rouge-score, no stemming), 0..1."""
    scores = [_rouge().score(answer, prediction)["rougeL"] for answer in references]
    return max((float(score.fmeasure) for score in scores), default=0.0)


def _common_length(first: list[str], second: list[str]) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(second) + 1)
    for word in first:
        diagonal = 0
        for place, other in enumerate(second, start=1):
            above = row[place]
            same = word == other
            row[place] = diagonal + 1 if same else max(above, row[place - 1])
            diagonal = above
    return row[-1]


def rouge_l_coco(prediction: str, references: Sequence[str]) -> float:
    """ROUGE-L of the COCO evaluation: beta 1.2, best precision with best recall."""
    said = caption_words(prediction)
    wanted = [caption_words(answer) for answer in references]
    if not said or not all(wanted):
        return 0.0
    common = [_common_length(answer, said) for answer in wanted]
    precision = max(common) / len(said)
    recall = max(c / len(a) for c, a in zip(common, wanted, strict=True))
    if not precision:
        return 0.0
    weight = _COCO_BETA**2
    return (1 + weight) * precision * recall / (recall + weight * precision)


BLEU_STATISTICS = 10


def bleu_statistics(prediction: str, references: Sequence[str]) -> list[float]:
    """Matches and totals of 1..4-grams, then both lengths: sums to a corpus BLEU."""
    score = _bleu().sentence_score(prediction, list(references))
    return [*score.counts, *score.totals, score.sys_len, score.ref_len]


@lru_cache(maxsize=1)
def _bleu() -> Any:
    return need("sacrebleu.metrics").BLEU(lowercase=True, effective_order=True)


def bleu_from_statistics(sums: Sequence[float], order: int) -> float:
    """Corpus BLEU of that order from summed statistics, 0..100, no smoothing."""
    numbers = [round(value) for value in sums]
    score = need("sacrebleu.metrics").BLEU.compute_bleu(
        correct=numbers[:order],
        total=numbers[4 : 4 + order],
        sys_len=numbers[8],
        ref_len=numbers[9],
        smooth_method="none",
        max_ngram_order=order,
    )
    return float(score.score)
