"""The measures of the biomedical question sets: strict, then the labelled others.

Compatible modes exist only to stand beside numbers that others published with them.
"""

from collections.abc import Sequence

from dragonfly.evaluation.answered import STRICT, Answered, PairMetric, best_of
from dragonfly.evaluation.measure import Measure, mean_of
from dragonfly.evaluation.metrics import (
    llava_med,
    path_vqa,
    quilt,
    strict,
    vqa_med,
)

LLAVA_MED = "llava_med_compat"
PATH_VQA = "path_vqa_official"
QUILT = "quilt_compat"
VQA_MED = "vqa_med_official"


def medical_measures(
    benchmark: str, answered: Answered, train_answers: Sequence[str]
) -> list[Measure]:
    """Strict first, then LLaVA-Med's, then what the set's own paper defines."""
    measures = _strict(answered) + _llava_med(answered, train_answers)
    if benchmark == "path-vqa":
        measures += _path_vqa(answered)
    if benchmark == "vqa-med-2019":
        measures += _vqa_med(answered)
    return measures


def _strict(answered: Answered) -> list[Measure]:
    closed = answered.values(strict.closed_match, answered.closed)
    exact = answered.values(strict.exact_match, answered.open)
    both = [one + other for one, other in zip(closed, exact, strict=True)]
    return [
        mean_of("closed accuracy", STRICT, closed, answered.closed),
        mean_of("open exact match", STRICT, exact, answered.open),
        answered.mean("open token F1", STRICT, strict.token_f1, answered.open),
        answered.mean("open token recall", STRICT, strict.token_recall, answered.open),
        mean_of("accuracy", STRICT, both, answered.all),
        *answered.by_category("accuracy", STRICT, both),
    ]


def _f1(said: str, answer: str) -> float:
    return llava_med.f1_precision_recall(said, answer)[0]


def _recall(said: str, answer: str) -> float:
    return llava_med.f1_precision_recall(said, answer)[2]


def _llava_med(answered: Answered, train_answers: Sequence[str]) -> list[Measure]:
    opens: list[tuple[str, PairMetric]] = [
        ("open recall", _recall),
        ("open F1", _f1),
        ('open "exact match" (a precision)', llava_med.matched_precision),
    ]
    if train_answers:
        nearest = llava_med.NearestAnswer(train_answers)
        opens.append(("open accuracy (nearest training answer)", nearest.hit))
    closed = best_of(llava_med.closed_hit)
    return [
        answered.mean("closed accuracy", LLAVA_MED, closed, answered.closed),
        *(
            answered.mean(name, LLAVA_MED, best_of(metric), answered.open)
            for name, metric in opens
        ),
    ]


def _path_vqa(answered: Answered) -> list[Measure]:
    pairs: list[tuple[str, str, PairMetric, list[bool]]] = [
        ("open F1", PATH_VQA, path_vqa.token_f1, answered.open),
        (
            'open "exact match" (a precision)',
            PATH_VQA,
            path_vqa.matched_precision,
            answered.open,
        ),
        ("closed accuracy (words)", QUILT, quilt.word_hit, answered.closed),
        ("closed accuracy (negation)", QUILT, quilt.negation_hit, answered.closed),
    ]
    return [
        answered.mean(name, mode, best_of(metric), keep)
        for name, mode, metric, keep in pairs
    ]


def _vqa_med(answered: Answered) -> list[Measure]:
    exact = answered.values(vqa_med.exact_match, answered.all)
    return [
        mean_of("accuracy", VQA_MED, exact, answered.all),
        answered.mean("BLEU", VQA_MED, vqa_med.bleu, answered.all),
        *answered.by_category("accuracy", VQA_MED, exact),
    ]
