"""The uploads of one user, as the tus library wants to see its storage.

It is bound to the user for one request: an upload of somebody else is not there.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from resumable_upload.storage import Storage

from dragonfly.errors import DragonflyError
from webapp.accounts.models import User
from webapp.slides.models import Upload
from webapp.slides.uploads.part_file import PartFile, append
from webapp.slides.uploads.recent import Recent
from webapp.slides.uploads.services import begin_upload, complete_upload, end_upload

uploads_seen: Recent[tuple[int, str], Upload] = Recent(seconds=15.0)
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class UserUploads(Storage):  # type: ignore[misc]
    """Rows and part files; the length of the part file is the offset."""

    def __init__(self, user: User) -> None:
        self._user = user
        self._rows: dict[str, Upload] = {}
        self.handle: int | None = None
        """Descriptor of the locked part file, while a PATCH holds it."""

    def row(self, upload_id: str) -> Upload | None:
        """The user's upload, looked up once a request."""
        if upload_id not in self._rows:
            for upload in Upload.objects.filter(owner=self._user, pk=upload_id):
                upload.owner = self._user
                self._rows[upload_id] = upload
        return self._rows.get(upload_id)

    def row_for_bytes(self, upload_id: str) -> Upload | None:
        """The row, seconds old at most: what it says of a file that is there holds.

        Owner and length never change, and a complete or ended upload has no part file.
        """
        key = (self._user.pk, upload_id)
        known = uploads_seen.get(key) or self.row(upload_id)
        if known is not None:
            self._rows[upload_id] = known
            uploads_seen.put(key, known)
        return known

    def reread(self, upload_id: str) -> Upload | None:
        """The row as it is now."""
        self._rows.pop(upload_id, None)
        return self.row(upload_id)

    def create_upload(
        self,
        upload_id: str,
        upload_length: int | None,
        metadata: dict[str, str],
        expires_at: datetime | None = None,
        is_partial: bool = False,
    ) -> None:
        """Begin an upload.

        Raises:
            DragonflyError: as `begin_upload`, or `UPLOAD_INVALID`.
        """
        if upload_length is None or is_partial:
            raise DragonflyError("UPLOAD_INVALID", "Say how long the file is.")
        self._rows[upload_id] = begin_upload(
            self._user,
            metadata.get("filename") or metadata.get("name") or "unnamed",
            upload_length,
            folder=_folder(metadata),
            relative_path=metadata.get("relativePath", ""),
            upload_id=uuid.UUID(upload_id),
        )

    def get_upload(self, upload_id: str) -> dict[str, Any] | None:
        """What the protocol has to know of an upload."""
        upload = self.row(upload_id)
        if upload is None:
            return None
        is_complete = upload.state == Upload.State.COMPLETE
        is_abandoned = upload.state == Upload.State.ABANDONED
        return {
            "upload_id": upload_id,
            "upload_length": upload.size,
            "offset": upload.size if is_complete else PartFile(upload.id).size,
            "metadata": {"filename": upload.file_name},
            "expires_at": EPOCH if is_abandoned else _expiry(upload),
            "completed": is_complete,
        }

    def write_chunk(self, upload_id: str, offset: int, data: bytes) -> None:
        """Append to the locked file.

        Raises:
            DragonflyError: `DISK_FULL`.
        """
        if self.handle is None:
            raise RuntimeError("Bytes come only through a locked file.")
        append(self.handle, offset, data)

    def update_offset(self, upload_id: str, offset: int) -> None:
        """Nothing to do: the file has grown."""

    def update_offset_atomic(
        self, upload_id: str, expected_offset: int, new_offset: int
    ) -> bool:
        """Whether the file is as long as it should be now."""
        return PartFile(upload_id).size == new_offset

    def complete_upload(self, upload_id: str) -> bool:
        """All bytes are here."""
        upload = self.row(upload_id)
        return upload is not None and complete_upload(upload)

    def delete_upload(self, upload_id: str) -> None:
        """Termination.

        Raises:
            LockedError: bytes are arriving just now.
        """
        if upload := self._rows.pop(upload_id, None):
            end_upload(upload)

    def read_file(self, upload_id: str) -> bytes:
        """Uploads are never handed out."""
        raise NotImplementedError

    def get_expired_uploads(self) -> list[str]:
        """The clock looks after these."""
        return []

    def cleanup_expired_uploads(self) -> int:
        """The clock looks after these."""
        return 0


def _expiry(upload: Upload) -> datetime | None:
    return upload.expires_at if upload.state == Upload.State.RECEIVING else None


def _folder(metadata: dict[str, str]) -> uuid.UUID | None:
    text = metadata.get("folder", "")
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        raise DragonflyError(
            "UPLOAD_INVALID", "The folder of an upload is named by a UUID."
        ) from None
