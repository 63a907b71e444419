"""VQA accuracy over ten human answers (Antol et al., 2015), for TextVQA and VizWiz.

An answer is fully right when three other people gave it; each person is left out in
turn. Both sides go through the clean-up of the TextVQA evaluator (MMF, BSD).
"""

from collections.abc import Sequence

from dragonfly.evaluation.metrics.vqa_words import plain_words, strip_punctuation


def normalise(text: str) -> str:
    """The clean-up of TextVQA's answer processor."""
    lowered = text.lower().replace(",", "").replace("?", "").replace("'s", " 's")
    return plain_words(strip_punctuation(lowered.strip()))


def vqa_accuracy(prediction: str, answers: Sequence[str]) -> float:
    """Mean over people of min(1, others who gave this answer / 3), 0..1."""
    said = normalise(prediction)
    same = [normalise(answer) == said for answer in answers]
    scores = [min(1.0, (sum(same) - own) / 3) for own in same]
    return sum(scores) / len(scores) if scores else 0.0
