"""CIDEr-D (Vedantam et al., CVPR 2015), the "CIDEr" of the COCO caption evaluation.

No kept library offers it without Java or torch, so it is written here from the paper:
clipped TF-IDF cosine of 1..4-grams, times a Gaussian of the length difference (sigma
6), times 10. Document frequencies come from the references that are scored, so the
score of one caption depends on the others. The length is the number of bigrams, as in
the published code.
"""

import math
from collections import Counter
from collections.abc import Sequence

from dragonfly.evaluation.metrics.captions import caption_words

_ORDERS = 4
_SIGMA = 6.0
Gram = tuple[str, ...]
Counts = list[Counter[Gram]]


def _counts(text: str) -> Counts:
    words = caption_words(text)
    return [
        Counter(zip(*(words[shift:] for shift in range(order)), strict=False))
        for order in range(1, _ORDERS + 1)
    ]


def cider_d(
    predictions: Sequence[str], references: Sequence[Sequence[str]]
) -> list[float]:
    """One score a caption, 0..10 (papers print the mean times 100 or times 10)."""
    wanted = [[_counts(answer) for answer in answers] for answers in references]
    weigh = _Weights(wanted)
    scores = []
    for prediction, answers in zip(predictions, wanted, strict=True):
        said = _counts(prediction)
        total = sum(weigh.similarity(said, answer) for answer in answers)
        scores.append(10 * total / len(answers) if answers else 0.0)
    return scores


class _Weights:
    """Inverse document frequencies of the n-grams of all references."""

    def __init__(self, references: Sequence[Sequence[Counts]]) -> None:
        self._seen: Counter[Gram] = Counter()
        for answers in references:
            grams = {gram for answer in answers for order in answer for gram in order}
            self._seen.update(grams)
        self._log_size = math.log(max(1, len(references)))

    def _vector(self, counts: Counter[Gram]) -> dict[Gram, float]:
        return {
            gram: count * (self._log_size - math.log(max(1, self._seen[gram])))
            for gram, count in counts.items()
        }

    def similarity(self, said: Counts, wanted: Counts) -> float:
        """Mean over the four orders, 0..1."""
        gap = said[1].total() - wanted[1].total()
        penalty = math.exp(-(gap**2) / (2 * _SIGMA**2))
        cosines = (self._cosine(s, w) for s, w in zip(said, wanted, strict=True))
        return penalty * sum(cosines) / _ORDERS

    def _cosine(self, said: Counter[Gram], wanted: Counter[Gram]) -> float:
        one, other = self._vector(said), self._vector(wanted)
        norms = _norm(one) * _norm(other)
        if not norms:
            return 0.0
        shared = ((value, other[gram]) for gram, value in one.items() if gram in other)
        return sum(min(value, weight) * weight for value, weight in shared) / norms


def _norm(vector: dict[Gram, float]) -> float:
    return math.sqrt(sum(value * value for value in vector.values()))
