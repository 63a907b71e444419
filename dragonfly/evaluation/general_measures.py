"""The measures of the general sets: choices, charts, VQA accuracy, GQA, MM-Vet."""

from collections.abc import Sequence

from dragonfly.evaluation.answered import STRICT, Answered, best_of
from dragonfly.evaluation.item import Item
from dragonfly.evaluation.measure import Measure, mean_of
from dragonfly.evaluation.metrics import strict
from dragonfly.evaluation.metrics.choice import chosen_letter
from dragonfly.evaluation.metrics.containment import all_parts_said
from dragonfly.evaluation.metrics.relaxed import relaxed_match
from dragonfly.evaluation.metrics.vqa_accuracy import vqa_accuracy


def choice_measures(answered: Answered) -> list[Measure]:
    """Accuracy of the letter picked, and how often no option could be told."""
    picked = [
        chosen_letter(said, item.choices)
        for item, said in zip(answered.items, answered.said, strict=True)
    ]
    right = [
        float(letter == item.answers[0])
        for letter, item in zip(picked, answered.items, strict=True)
    ]
    unclear = [float(letter is None) for letter in picked]
    return [
        mean_of("accuracy", STRICT, right, answered.all),
        mean_of("no option told (counted wrong)", STRICT, unclear, answered.all),
        *answered.by_category("accuracy", STRICT, right),
    ]


def chart_measures(answered: Answered) -> list[Measure]:
    """ChartQA's relaxed accuracy, over all and for each half."""
    values = answered.values(best_of(relaxed_match), answered.all)
    return [
        mean_of("relaxed accuracy", "chartqa_official", values, answered.all),
        *answered.by_category("relaxed accuracy", "chartqa_official", values),
    ]


def vqa_accuracy_measures(answered: Answered) -> list[Measure]:
    """VQA accuracy over ten human answers."""
    values = answered.values(vqa_accuracy, answered.all)
    return [
        mean_of("VQA accuracy", "vqa_official", values, answered.all),
        *answered.by_category("VQA accuracy", "vqa_official", values),
    ]


def _gqa_match(said: str, answers: Sequence[str]) -> float:
    return float(said.strip().rstrip(".").lower() in {a.lower() for a in answers})


def _strict_match(item: Item, said: str) -> float:
    if item.answer_type == "closed":
        return strict.closed_match(said, item.answers)
    return strict.exact_match(said, item.answers)


def gqa_measures(answered: Answered) -> list[Measure]:
    """GQA's accuracy (equal texts, a final period aside) and the strict one."""
    values = [
        _strict_match(item, said)
        for item, said in zip(answered.items, answered.said, strict=True)
    ]
    return [
        answered.mean("accuracy", "gqa_official", _gqa_match, answered.all),
        mean_of("accuracy", STRICT, values, answered.all),
    ]


def mm_vet_measures(answered: Answered) -> list[Measure]:
    """Word containment; this is not the MM-Vet score."""
    values = answered.values(all_parts_said, answered.all)
    return [mean_of("required words said (not MM-Vet)", STRICT, values, answered.all)]
