"""Taking the files of a model from outside over into a folder of one's own.

Names, kinds and tables of contents are judged before any library sees a file, and each
file is judged and copied through the same opened descriptor: what is swapped for a link
or a pipe in between is refused. Nothing here reads weights.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from dragonfly.errors import ModelError
from dragonfly.model.weights import INDEX

PICKLES = {".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".npy", ".npz", ".py"}
KNOWN = {".json", ".safetensors", ".md", ".txt", ".jinja", ".model"}
LARGEST_HEADER = 100_000_000
"""Bytes; the limit of the safetensors format itself."""
LARGEST_TEXT = 256 * 2**20
"""Bytes of a file that is no safetensors file; tokenizers take tens of megabytes."""
MOST_FILES = 1000


def take(folder: Path, own: Path) -> Path:
    """Copy the model in `folder` to `own`, which must not exist yet; returns it.

    Raises:
        ModelError: CHECKPOINT_UNSAFE, CHECKPOINT_CORRUPT, CHECKPOINT_MISSING or
            DISK_FULL.
    """
    files = list(_files(folder))
    refuse_full_disk(own.parent, sum(size for _, size in files))
    own.mkdir()
    for file, _ in files:
        target = own / file.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        with _opened(file) as source, target.open("xb") as copy:
            shutil.copyfileobj(source, copy, 2**20)
    check_index(own)
    return own


def _files(folder: Path) -> Iterator[tuple[Path, int]]:
    """Each file and its bytes; raises on the first that does not belong to a model."""
    count = 0
    for file in sorted(folder.rglob("*")):
        count += 1
        if count > MOST_FILES:
            raise unsafe(f"The folder holds more than {MOST_FILES} files.")
        found = file.lstat()
        if stat.S_ISDIR(found.st_mode):
            continue
        check_kind(file, found)
        check_name(file)
        yield file, found.st_size


def check_kind(file: Path, found: os.stat_result) -> None:
    """Refuse links, pipes, sockets and devices.

    Raises:
        ModelError: CHECKPOINT_UNSAFE.
    """
    if stat.S_ISLNK(found.st_mode):
        raise unsafe(f"{file.name} is a link.")
    if not stat.S_ISREG(found.st_mode):
        raise unsafe(f"{file.name} is a pipe or a device, not a file.")


def check_name(file: Path) -> None:
    """Refuse what can run code, and what no model has.

    Raises:
        ModelError: CHECKPOINT_UNSAFE.
    """
    suffix = file.suffix.lower()
    if suffix in PICKLES:
        raise unsafe(
            f"{file.name} can run code when it is opened. Only safetensors are taken; "
            "convert it first."
        )
    if suffix not in KNOWN:
        raise unsafe(f"{file.name} does not belong to a model. Remove it first.")


def _opened(file: Path) -> BinaryIO:
    """The file as it is now, judged again; a pipe in its place does not block."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise unsafe(f"{file.name} cannot be read as a plain file.") from error
    opened = os.fdopen(descriptor, "rb")
    try:
        found = os.fstat(descriptor)
        check_kind(file, found)
        if file.suffix.lower() == ".safetensors":
            check_header(file.name, opened, found.st_size)
        elif found.st_size > LARGEST_TEXT:
            raise unsafe(f"{file.name} is too long for a file of its kind.")
    except ModelError:
        opened.close()
        raise
    return opened


def check_header(name: str, opened: BinaryIO, size: int) -> None:
    """The first 8 bytes tell how long the table of contents is: it has to fit.

    Raises:
        ModelError: CHECKPOINT_CORRUPT.
    """
    told = int.from_bytes(opened.read(8), "little")
    opened.seek(0)
    if not 2 <= told <= min(LARGEST_HEADER, size - 8):
        raise ModelError(
            "CHECKPOINT_CORRUPT",
            f"{name} is damaged: its table of contents is said to be {told} bytes "
            "long.",
        )


def check_index(folder: Path) -> None:
    """The list of parts may name files of this folder alone.

    Raises:
        ModelError: CHECKPOINT_UNSAFE or CHECKPOINT_CORRUPT.
    """
    if not (folder / INDEX).is_file():
        return
    try:
        told: Any = json.loads((folder / INDEX).read_text())
        names = {str(name) for name in told["weight_map"].values()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError("CHECKPOINT_CORRUPT", f"{INDEX} cannot be read.") from error
    for name in names:
        if name != Path(name).name or Path(name).suffix != ".safetensors":
            raise unsafe(f"{INDEX} names {name!r}, which is no file of this folder.")


def refuse_full_disk(folder: Path, needed: int) -> None:
    """Raise DISK_FULL where a copy of so many bytes would not fit."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ModelError(
            "DISK_FULL",
            f"The model takes {needed / 2**30:.1f} GiB of disk, and the worker has "
            f"{free / 2**30:.1f} left. Free some space, then bring it in again.",
        )


def unsafe(message: str) -> ModelError:
    """Something that is not opened."""
    return ModelError("CHECKPOINT_UNSAFE", message)
