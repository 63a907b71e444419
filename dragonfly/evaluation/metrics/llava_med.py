"""The formulas of LLaVA-Med's evaluation, bit for bit, for comparison only.

Source: microsoft/LLaVA-Med at b9a98a7, `llava/eval/run_eval.py` and `eval_metrics/`.
They flatter: `closed_hit` finds "no" inside "normal"; "yes or no" is right for both;
`recall` never punishes a long answer; `matched_precision` is what that code prints as
"exact match". Never quote them without the label `llava_med_compat`.
"""

from collections import Counter
from collections.abc import Sequence

from dragonfly.evaluation.metrics.vqa_words import plain_words, strip_punctuation


def normalise(text: str) -> str:
    """The clean-up of that code's `normalize_word`."""
    return plain_words(strip_punctuation(text)).replace(",", "")


def _counts(text: str) -> Counter[str]:
    # The published code cleans once when it reads and once more in each formula.
    return Counter(normalise(normalise(text.lower())).lower().split())


def closed_hit(prediction: str, reference: str) -> float:
    """1.0 where "yes" or "no" is inside the prediction, and the reference is too."""
    said, wanted = normalise(prediction.lower()), normalise(reference.lower())
    return float(("yes" in said or "no" in said) and wanted in said)


def f1_precision_recall(prediction: str, reference: str) -> tuple[float, float, float]:
    """Token F1, precision and recall, where a match counts as often as it was said."""
    return count_scores(_counts(prediction), _counts(reference))


def count_scores(
    said: Counter[str], wanted: Counter[str]
) -> tuple[float, float, float]:
    """The same three from counts: (F1, precision, recall), all 0 without a match."""
    matched = sum(count for word, count in said.items() if word in wanted)
    missing = sum(count for word, count in wanted.items() if word not in said)
    if not matched:
        return 0.0, 0.0, 0.0
    precision, recall = matched / said.total(), matched / (matched + missing)
    return 2 * precision * recall / (precision + recall), precision, recall


def matched_precision(prediction: str, reference: str) -> float:
    """Distinct reference words found, over all words said: its "exact match"."""
    return distinct_share(_counts(prediction), _counts(reference))


def distinct_share(said: Counter[str], wanted: Counter[str]) -> float:
    """The same from counts; 0 where nothing was said."""
    found = sum(1 for word in wanted if word in said)
    return found / said.total() if said else 0.0


class NearestAnswer:
    """Its "open accuracy": the prediction is replaced by the nearest known answer.

    `candidates` are the answers of the training split, in order; the first of the
    equally near ones is taken, as there.
    """

    def __init__(self, candidates: Sequence[str]) -> None:
        texts = dict.fromkeys(normalise(answer) for answer in candidates)
        self._candidates = [(text, frozenset(text.split())) for text in texts]
        self._known: dict[frozenset[str], str | None] = {}

    def hit(self, prediction: str, reference: str) -> float:
        """1.0 where the nearest candidate is the reference (0.0 without candidates)."""
        said = frozenset(_counts(prediction))
        if said not in self._known:
            self._known[said] = self._nearest(said)
        return float(self._known[said] == normalise(normalise(reference.lower())))

    def _nearest(self, said: frozenset[str]) -> str | None:
        best, nearest = -1.0, None
        for text, words in self._candidates:
            share = len(words & said) / len(words) if words else 0.0
            if share > best:
                best, nearest = share, text
        return nearest
