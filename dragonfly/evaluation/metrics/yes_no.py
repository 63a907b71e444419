"""How POPE and MME read a yes or a no out of a sentence.

POPE (Li et al., 2023): the first sentence is "no" if it holds the word No, no or not,
else "yes". MME (Fu et al., 2023): yes or no must begin within the first four letters.
"""


def pope_answer(text: str) -> str:
    """The answer read: an empty one reads as "yes" there, so callers must drop it."""
    words = text.split(".")[0].replace(",", "").split(" ")
    return "no" if {"No", "not", "no"} & set(words) else "yes"


def mme_answer(text: str) -> str | None:
    """The answer read, or None for anything else (which is wrong)."""
    start = text.strip().lower()[:4]
    if "yes" in start:
        return "yes"
    return "no" if "no" in start else None
