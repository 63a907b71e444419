"""The tus 1.0 server: the library's reading of the protocol over one user's uploads.

https://tus.io/protocols/resumable-upload: core, creation, termination, checksum and
expiration. The library decides offsets, versions, headers and statuses; it is given
pieces of a request body one after the other and never a whole one.
"""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from resumable_upload.server import TusServer

from webapp.slides.models import Upload
from webapp.slides.uploads.storage import UserUploads

TUS_PATH = "/api/v1/uploads/tus"
Answer = tuple[int, dict[str, str], bytes]

# It tells of every piece.
logging.getLogger("resumable_upload").setLevel(logging.CRITICAL)


class Server(TusServer):  # type: ignore[misc]
    """What we support of tus, for one request of one user."""

    SUPPORTED_EXTENSIONS = ("creation", "termination", "checksum", "expiration")

    def __init__(self, uploads: UserUploads) -> None:
        self.uploads = uploads
        super().__init__(
            storage=uploads,
            base_path=base_path(),
            max_size=settings.UPLOAD_MAX_BYTES,
            upload_expiry=settings.UPLOAD_EXPIRY_HOURS * 3600,
            checksum_algorithms=("sha1", "sha256"),
            disable_concatenation=True,
            on_upload_complete=self._tell_slide,
        )

    def answer(self, method: str, path: str, headers: dict[str, str]) -> Answer:
        """A whole request without a body."""
        return self._handled(method, path, headers, b"")

    def take_piece(
        self, path: str, headers: dict[str, str], sent: int, piece: bytes
    ) -> Answer:
        """The bytes of a PATCH that follow the `sent` first ones, as one of its own."""
        if sent:
            begun = int(headers["upload-offset"])
            headers = {**headers, "upload-offset": str(begun + sent)}
        return self._handled("PATCH", path, headers, piece)

    def _handled(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> Answer:
        status, fields, text = self.handle_request(method, path, headers, body)
        return int(status), dict(fields), bytes(text)

    def _tell_slide(self, upload_id: str, *_: Any) -> dict[str, Any]:
        found = Upload.objects.filter(pk=upload_id).values_list("slide_id", flat=True)
        slide_id = found.first()
        return {"headers": {"Slide-Id": str(slide_id)}} if slide_id else {}


def base_path() -> str:
    """Where uploads are addressed, as browsers see it."""
    return f"{settings.FORCE_SCRIPT_NAME or ''}{TUS_PATH}"
