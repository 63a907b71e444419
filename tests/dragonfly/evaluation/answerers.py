"""Stand-ins for a model: they answer by rule and remember what they were asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from dragonfly.evaluation.item import Item


@dataclass
class Echo:
    """Answers with the item's id; stops with an error after `batches` batches."""

    name: str = "echo"
    batches: int | None = None
    asked: list[list[str]] = field(default_factory=list)

    def __call__(self, items: Sequence[Item]) -> Sequence[str]:
        if self.batches is not None and len(self.asked) >= self.batches:
            raise ConnectionError("the model went away")
        self.asked.append([item.id for item in items])
        return [f"answer to {item.id}" for item in items]


@dataclass
class Constant:
    """Answers everything with one text."""

    text: str
    name: str = "constant"

    def __call__(self, items: Sequence[Item]) -> Sequence[str]:
        return [self.text] * len(items)
