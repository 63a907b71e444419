"""Static files from the web process itself, alike under ASGI and WSGI."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from django.core.exceptions import SuspiciousFileOperation
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.string_utils import ensure_leading_trailing_slash

Stamp = tuple[int, int, int] | None


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """WhiteNoise whose answers are whole, and which sees files come, change and go.

    Its own answers are streams that Django under ASGI would read to the end in a thread
    first, with a warning; the files are small. And it opens what was there when the
    server began, having looked at each: after another build, that would be an error.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The file as it is now; the rest of the site's answer where there is none."""
        url = request.path_info
        if url.startswith(self.static_prefix):
            # Twice, because a build may replace a file between two looks at it.
            for _ in range(2):
                if (file := self._current(url)) is None:
                    break
                with suppress(FileNotFoundError):
                    return self.serve(file, request)
                self.files.pop(url, None)
        answer: HttpResponse = self.get_response(request)
        return answer

    def add_files(self, root: str | Path, prefix: str | None = None) -> None:
        """Know the folder alone: each file is found when it is asked for first."""
        folder = os.path.abspath(root) + os.sep
        self.directories.insert(
            0, (folder, ensure_leading_trailing_slash(prefix or ""))
        )

    def add_files_from_finders(self) -> None:
        """Nothing: the applications' files are found in the same way."""

    def get_static_file(
        self, path: str, url: str, stat_cache: dict[str, os.stat_result] | None = None
    ) -> Any:
        """A file with what tells whether it is still the same."""
        found = super().get_static_file(path, url, stat_cache)
        self._stamps[url] = (path, _stamp(path))
        return found

    @cached_property
    def _stamps(self) -> dict[str, tuple[str, Stamp]]:
        return {}

    def _current(self, url: str) -> Any:
        """The file of this address, found again if it is not the one that was known."""
        path, stamp = self._stamps.get(url, ("", None))
        if url in self.files and stamp is not None and _stamp(path) == stamp:
            return self.files[url]
        with suppress(FileNotFoundError, SuspiciousFileOperation):
            if (found := self.find_file(url)) is not None:
                self.files[url] = found
                return found
        self.files.pop(url, None)
        return None

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        """The file, a part of it, or "not modified", as WhiteNoise decides."""
        answer = static_file.get_response(request.method, request.META)
        body = b""
        if answer.file is not None:
            with answer.file as file:
                body = file.read()
        response = HttpResponse(body, status=int(answer.status))
        del response.headers["Content-Type"]
        for name, value in answer.headers:
            response.headers[name] = value
        return response


def _stamp(path: str) -> Stamp:
    """What changes with a file; None when there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)
