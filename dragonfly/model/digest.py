"""The fingerprint of a checkpoint, which binds an answer to what gave it."""

import hashlib
import json
import os
import tempfile
from pathlib import Path

from dragonfly.model.checkpoint import CONFIG, check_config
from dragonfly.model.towers import tower_folder
from dragonfly.model.weights import SINGLE, weight_files

CACHE = Path(".cache", "dragonfly", "digests")


def checkpoint_digest(path: str | Path, cache: Path | None = None) -> str:
    """SHA-256 over the configuration's and the weights' bytes, as hexadecimal digits.

    It is the digest of the sorted lines "name, NUL, SHA-256 of the file, newline". The
    digest of each file is remembered by its path, size and time of change.

    Args:
        path: the checkpoint's folder.
        cache: where digests are remembered; None takes the user's cache folder.

    Raises:
        ModelError: as `load_checkpoint`, except for the tokenizer and the tower.
    """
    folder = Path(path)
    check_config(folder)
    store = Path.home() / CACHE if cache is None else cache
    lines = sorted(
        f"{file.relative_to(folder).as_posix()}\0{_file_digest(file, store)}\n"
        for file in [folder / CONFIG, *weight_files(folder), *_tower_files(folder)]
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _tower_files(folder: Path) -> list[Path]:
    name = json.loads((folder / CONFIG).read_text()).get("image_encoder")
    tower = tower_folder(name, folder)
    if tower is None or not tower.is_relative_to(folder):
        return []
    return [tower / name for name in (CONFIG, SINGLE) if (tower / name).is_file()]


def _file_digest(file: Path, store: Path) -> str:
    found = file.stat()
    key = f"{file.resolve()}\0{found.st_size}\0{found.st_mtime_ns}"
    remembered = store / hashlib.sha256(key.encode()).hexdigest()
    if remembered.is_file():
        return remembered.read_text()
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    _remember(remembered, digest)
    return digest


def _remember(file: Path, digest: str) -> None:
    # A digest that cannot be remembered is computed again the next time.
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=file.parent, delete=False) as draft:
            draft.write(digest)
        os.replace(draft.name, file)
    except OSError:
        return
