"""The measures of the captioning sets, each labelled with the code that computes it."""

from collections.abc import Callable, Sequence

import numpy as np

from dragonfly.evaluation.answered import Answered
from dragonfly.evaluation.measure import Measure, Numbers, mean_of
from dragonfly.evaluation.metrics import captions
from dragonfly.evaluation.metrics.cider import cider_d

ROUGE_SCORE = "rouge-score"
NLTK = "nltk, exact and stem modules only"
SACREBLEU = "sacrebleu"
COCO = "coco_formula"


def caption_measures(answered: Answered) -> list[Measure]:
    """BLEU-1..4, ROUGE-L (two definitions), METEOR without synonyms, CIDEr-D."""
    references = [item.answers for item in answered.items]
    said = [text if text.strip() else "" for text in answered.said]
    cider = cider_d(said, references)
    return [
        answered.mean("ROUGE-L", ROUGE_SCORE, captions.rouge_l, answered.all),
        answered.mean("METEOR", NLTK, captions.meteor_exact_stem, answered.all),
        mean_of("CIDEr-D", COCO, cider, answered.all),
        answered.mean("ROUGE-L", COCO, captions.rouge_l_coco, answered.all),
        *_bleu(said, references),
    ]


def _bleu(said: Sequence[str], references: Sequence[tuple[str, ...]]) -> list[Measure]:
    rows = np.array(
        [captions.bleu_statistics(t, r) for t, r in zip(said, references, strict=True)],
        dtype=np.float64,
    ).reshape(len(said), captions.BLEU_STATISTICS)
    return [
        Measure(f"BLEU-{order}", SACREBLEU, rows, _combine(order), len(said))
        for order in range(1, 5)
    ]


def _combine(order: int) -> Callable[[Numbers], Numbers]:
    def combine(sums: Numbers) -> Numbers:
        scores = [captions.bleu_from_statistics(row.tolist(), order) for row in sums]
        return np.array(scores, dtype=np.float64)

    return combine
