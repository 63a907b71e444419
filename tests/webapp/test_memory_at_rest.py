"""What each web process holds before anybody asked: an upload adds a little to it."""

from __future__ import annotations

import subprocess
import sys

NOT_AT_REST = "pyarrow highdicom pydicom.sr reportlab fhir torch transformers pandas"


def test_the_web_process_loads_no_library_that_few_requests_need() -> None:
    code = (
        "import sys, webapp.asgi;"
        f"print([m for m in {NOT_AT_REST.split()!r} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
