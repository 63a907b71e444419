"""Whether the web process of this container answers; for Docker."""

from __future__ import annotations

import os
import urllib.request

PREFIX = os.environ.get("URL_PREFIX", "").rstrip("/")  # noqa: TID251
ADDRESS = f"http://127.0.0.1:8000{PREFIX}/api/v1/health"

# Raises, and so ends with status 1, when it answers with an error or not at all.
with urllib.request.urlopen(ADDRESS, timeout=4) as answer:
    answer.read()
