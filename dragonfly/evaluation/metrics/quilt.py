"""Quilt-LLaVA's two closed scores, bit for bit, for comparison only.

Source: aldraus/quilt-llava, `llava/eval/quilt_eval.py`. `negation_hit` takes every
answer without no/not as "yes", whatever it says. Label: `quilt_compat`.
"""

from dragonfly.evaluation.metrics.llava_med import normalise


def word_hit(prediction: str, reference: str) -> float:
    """1.0 where the word yes or no of the reference is among the words said."""
    return float(normalise(reference.lower()) in normalise(prediction.lower()).split())


def negation_hit(prediction: str, reference: str) -> float:
    """1.0 where "no if the word no/not occurs, else yes" equals the reference."""
    words = normalise(prediction.lower()).replace(",", "").split(" ")
    said = "no" if "not" in words or "no" in words else "yes"
    return float(said == normalise(reference.lower()))
