"""Path-VQA's own formulas: LLaVA-Med's, on letters only (digits are dropped).

Source: UCSD-AI4H/PathVQA, `Evaluation script/`. Label: `path_vqa_official`.
"""

import re
from collections import Counter

from dragonfly.evaluation.metrics.llava_med import count_scores, distinct_share

_NOT_LETTERS = re.compile("[^a-zA-Z ]")


def _counts(text: str) -> Counter[str]:
    return Counter(_NOT_LETTERS.sub("", text).lower().split())


def token_f1(prediction: str, reference: str) -> float:
    """Token F1 over letters-only words, 0..1."""
    return count_scores(_counts(prediction), _counts(reference))[0]


def matched_precision(prediction: str, reference: str) -> float:
    """What the script calls exact match: reference words found over words said."""
    return distinct_share(_counts(prediction), _counts(reference))
