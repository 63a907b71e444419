"""What the answers about a picture say of it, word by word."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from statistics import fmean

from dragonfly.mini.data.unknown import NAME as UNKNOWN
from dragonfly.model.tokenizer import END_OF_TURN
from dragonfly.training.pictures import PictureKey

TURN = re.compile(
    r"user<\|end_header_id\|>\s*(.*?)"
    + re.escape(END_OF_TURN)
    + r"<\|start_header_id\|>assistant<\|end_header_id\|>\s*(.*?)"
    + re.escape(END_OF_TURN),
    re.DOTALL,
)
EMPTY = re.compile(
    "is|this|a|an|the|was|are|were|do|does|did|there|of|in|on|at|to|and|or|by|with|"
    "than|it|any|you|your|see|be|can|could|would|has|have|look|for|here|they|one|least|"
    "what|which|not|from|that|image|picture|shown|seen|show|shows|more|about|all|make|"
    "up|taken|given|patient|used|count|counting|over|above|number|greater|exceed"
)
"""Words that name nothing."""
SHORT = re.compile("ct|mr|us|xr|t1|t2|pa|ap|iv|gi")
"""Terms of radiology, though as short as words that name nothing."""
FEWEST = 12
"""Pictures of a source whose open answers hold a word, for the others to lack it."""

Labels = Mapping[PictureKey, float]


def naming_words(text: str) -> set[str]:
    """Words that may name something, in lower case."""
    found = {w for w in re.findall(r"[a-z0-9]+", text.lower()) if not w.isdigit()}
    return {
        word
        for word in found
        if not EMPTY.fullmatch(word) and (len(word) > 2 or SHORT.fullmatch(word))
    }


class Said:
    """Collects chats and says of which pictures a word is true, and of which not.

    "Yes" affirms the words of its question and "no" denies them. An open answer affirms
    its own words; where a source often answers with a word, its other pictures with
    open answers lack it.
    """

    def __init__(self) -> None:
        self._judged: dict[str, dict[PictureKey, list[float]]] = {}
        self._named: dict[str, dict[str, set[PictureKey]]] = {}
        self._open: dict[str, set[PictureKey]] = defaultdict(set)

    def add(self, source: str, key: PictureKey, chat: str) -> None:
        """One row: its source, its picture and its chat."""
        if source == UNKNOWN:
            return
        for question, answer in TURN.findall(chat):
            answer = answer.strip().lower()
            if answer in ("yes", "no"):
                self._judge(key, naming_words(question), answer == "yes")
            elif "cannot" not in answer:
                self._open[source].add(key)
                for word in naming_words(answer):
                    by_source = self._named.setdefault(word, defaultdict(set))
                    by_source[source].add(key)

    def _judge(self, key: PictureKey, words: set[str], is_true: bool) -> None:
        for word in words:
            judged = self._judged.setdefault(word, defaultdict(list))
            judged[key].append(float(is_true))

    def words(self) -> list[str]:
        """All that were said, in order of the alphabet."""
        return sorted(self._judged.keys() | self._named.keys())

    def labels(self, word: str) -> Labels:
        """The share of the answers about a picture by which the word is true of it.

        Open answers outweigh yes and no.
        """
        found: dict[PictureKey, float] = {}
        for key, judged in self._judged.get(word, {}).items():
            found[key] = fmean(judged)
        for source, naming in self._named.get(word, {}).items():
            if len(naming) >= FEWEST:
                found |= {key: float(key in naming) for key in self._open[source]}
        return found
