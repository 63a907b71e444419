"""`FeatureStore`: an encoder's features on disk, by the picture they belong to.

One folder per form (encoder, layout), so features of another model are never found.
Records have one length; a record counts only once its key is written behind it, so a
run that dies while storing loses at most that record.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dragonfly.training.feature_form import FeatureForm, Packed
from dragonfly.training.pictures import PictureKey

RECORDS, KEYS = "features.f16", "keys.txt"


class FeatureStore:
    """Packed features by picture. One process writes; reading is thread-safe.

    Args:
        folder: the parent of the form's own folder.
        form: of the features.
    """

    def __init__(self, folder: Path, form: FeatureForm) -> None:
        self.form = form
        self._folder = folder / form.digest[:16]
        self._folder.mkdir(parents=True, exist_ok=True)
        self._bytes = form.tokens * form.hidden * 2
        self._places: dict[PictureKey, int] = {}
        self._records: NDArray[np.float16] | None = None
        self.reload()

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: PictureKey) -> bool:
        return key in self._places

    def get(self, key: PictureKey) -> Packed | None:
        """float16 array of shape (tokens, hidden), or None where there is none."""
        place = self._places.get(key)
        if place is None or self._records is None:
            return None
        return np.array(self._records[place])

    def put(self, key: PictureKey, packed: Packed) -> None:
        """Append a record; `get` finds it after `reload`."""
        place = len(self._places)
        records = self._folder / RECORDS
        with records.open("r+b" if records.exists() else "w+b") as opened:
            opened.seek(place * self._bytes)
            opened.write(packed.tobytes())
            opened.truncate()
            opened.flush()
            os.fsync(opened.fileno())
        with (self._folder / KEYS).open("a", encoding="ascii") as keys:
            keys.write(f"{key.digest} {key.region}\n")
        self._places[key] = place

    def reload(self) -> None:
        """Take notice of all records on disk."""
        self._places = {key: place for place, key in enumerate(self._read_keys())}
        if self._places:
            form = self.form
            self._records = np.memmap(
                self._folder / RECORDS,
                np.float16,
                "r",
                shape=(len(self._places), form.tokens, form.hidden),
            )

    def _read_keys(self) -> list[PictureKey]:
        file = self._folder / KEYS
        if not file.is_file():
            return []
        lines = file.read_text(encoding="ascii").splitlines(keepends=True)
        whole = [line for line in lines if line.endswith("\n")]
        if len(whole) < len(lines):
            file.write_text("".join(whole), encoding="ascii")
        return [PictureKey(*line.split()) for line in whole]
