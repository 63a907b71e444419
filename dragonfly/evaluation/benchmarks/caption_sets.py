"""Peir Gross and ROCO: a picture of a publication or library, with its caption.

Peir Gross: `train_images.tsv` and `test_images.tsv` (`file<TAB>caption`) with
`peir_gross_images/`, as written by bioCaption (Kougia et al., 2019). ROCO (Pelka et
al., 2018): `data/<split>/radiology/captions.txt` (`id<TAB>caption`) with `images/`.
"""

from collections.abc import Iterator
from pathlib import Path

from dragonfly.evaluation.benchmarks.benchmark import Benchmark, Family
from dragonfly.evaluation.benchmarks.image_split import split_of_train
from dragonfly.evaluation.item import AnswerType, Item, Split
from dragonfly.evaluation.source_file import find_file, read_separated

CAPTION_QUESTION = "Describe this image in one caption."


def _captions(path: Path, images: Path, suffix: str) -> Iterator[Item]:
    for name, caption in read_separated(path, "\t", 2):
        yield Item(
            id=name,
            image=images / f"{name}{suffix}",
            question=CAPTION_QUESTION,
            answers=(caption,),
            answer_type=AnswerType.CAPTION,
            group=name,
        )


def read_peir_gross(data_dir: Path, split: Split) -> Iterator[Item]:
    """The published test file; its training file cut by image for validation."""
    name = "test_images.tsv" if split == "test" else "train_images.tsv"
    path = find_file(data_dir, [name, f"peir_gross/{name}"])
    for item in _captions(path, path.parent / "peir_gross_images", ""):
        if split == "test" or split_of_train(item.group) == split:
            yield item


def read_roco(data_dir: Path, split: Split) -> Iterator[Item]:
    """The radiology half of one split."""
    place = f"{split}/radiology/captions.txt"
    path = find_file(data_dir, [f"data/{place}", place])
    yield from _captions(path, path.parent / "images", ".jpg")


PEIR_GROSS = Benchmark(
    name="peir-gross",
    title="PEIR Gross",
    family=Family.CAPTIONS,
    layout="`train_images.tsv`, `test_images.tsv` and `peir_gross_images/`",
    read=read_peir_gross,
)
ROCO = Benchmark(
    name="roco",
    title="ROCO (radiology)",
    family=Family.CAPTIONS,
    layout="`data/<split>/radiology/captions.txt` and `images/`",
    read=read_roco,
)
