"""What a script is asked, and what it tells: JSON on standard input and output."""

from __future__ import annotations

import json
import sys
from typing import Any, NamedTuple

from dicomweb_client.api import DICOMwebClient
from dicomweb_client.session_utils import create_session
from numpy.typing import NDArray


class Asked(NamedTuple):
    """A series of an archive, and a region in level-0 pixels."""

    url: str
    study: str
    series: str
    token: str
    region: tuple[int, int, int, int]

    @classmethod
    def read(cls) -> Asked:
        return cls(**json.load(sys.stdin))

    def client(self) -> DICOMwebClient:
        session = create_session()
        session.headers["Authorization"] = f"Bearer {self.token}"
        return BytesClient(self.url, session=session)


class BytesClient(DICOMwebClient):
    """Bulk data as bytes: dicomslide takes a bytearray for a list of numbers."""

    def retrieve_bulkdata(self, *words: Any, **options: Any) -> list[bytes]:
        return [bytes(part) for part in super().retrieve_bulkdata(*words, **options)]


def tell(levels: list[tuple[int, int]], pixels: NDArray[Any]) -> None:
    """Sizes of the levels, the shape of the region and its mean colour."""
    colour = pixels.reshape(-1, 3).mean(axis=0).tolist()
    told = {"levels": levels, "shape": pixels.shape, "colour": colour}
    sys.stdout.write(json.dumps(told))
