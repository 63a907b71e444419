"""What every adapter offers: a name, its published size and a reader of items."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from dragonfly.evaluation.errors import EvaluationError
from dragonfly.evaluation.item import Item, Split


class Family(StrEnum):
    """Which set of metrics a benchmark is scored with."""

    MEDICAL_VQA = "medical-vqa"
    CAPTIONS = "captions"
    CHOICES = "choices"
    CHART_QA = "chart-qa"
    VQA_ACCURACY = "vqa-accuracy"
    GQA = "gqa"
    POPE = "pope"
    MME = "mme"
    MM_VET = "mm-vet"


@dataclass(frozen=True)
class Benchmark:
    """A data set in its published file layout.

    `sizes` gives the number of items of a split where its publisher states it, so
    that a score on fewer says so. `not_computed` names what the official report has
    and this one does not, and why.
    """

    name: str
    title: str
    family: Family
    layout: str
    read: Callable[[Path, Split], Iterable[Item]]
    sizes: Mapping[Split, int] = field(default_factory=dict)
    not_computed: str = ""

    def items(self, data_dir: Path, split: Split) -> list[Item]:
        """Every item of `split`, in the order of the files, ids unique.

        Raises:
            EvaluationError: `DATA_NOT_FOUND`, `DATA_UNREADABLE`, `SPLIT_EMPTY` or
                `IDS_NOT_UNIQUE`.
        """
        try:
            items = list(self.read(data_dir, split))
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            # Adapters look fields up as published; a look-up that fails is a file
            # in another layout, whichever of these it raises.
            raise EvaluationError(
                "DATA_UNREADABLE",
                f"The files in '{data_dir}' are not in the layout that {self.title} "
                f"is published in ({self.layout}).",
            ) from error
        if not items:
            raise EvaluationError(
                "SPLIT_EMPTY", f"'{data_dir}' holds no {split} items of {self.title}."
            )
        if len({item.id for item in items}) != len(items):
            raise EvaluationError(
                "IDS_NOT_UNIQUE",
                f"Two {split} items of {self.title} in '{data_dir}' have one id.",
            )
        return items
