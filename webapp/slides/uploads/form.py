"""Receive a multipart form's file in the upload folder, without a second copy."""

from __future__ import annotations

import os
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from webapp.slides.uploads.part_file import PartFile
from webapp.slides.uploads.quota import upload_folder


class FolderUploadHandler(FileUploadHandler):
    """Writes to where uploads wait, so that taking it over is a change of name."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file of the form begins."""
        super().new_file(*args, **kwargs)
        self._file = NamedTemporaryFile(  # noqa: SIM115 -- closed with the request
            dir=upload_folder(), suffix=".form"
        )
        self._size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write on; a form that lied about its length is cut off."""
        self._size += len(raw_data)
        if self._size > settings.UPLOAD_MAX_BYTES:
            raise StopUpload(connection_reset=True)
        self._file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        """The file, still without a name of its own."""
        self._file.flush()
        return UploadedFile(
            file=self._file,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
        )


def take_over(file: UploadedFile[Any], part: PartFile) -> None:
    """Make a form's file the bytes of an upload."""
    fresh = part.path.with_suffix(".taken")
    assert file.file is not None  # noqa: S101 -- made by the handler above
    os.link(file.file.name, fresh)
    os.replace(fresh, part.path)
