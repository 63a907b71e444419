"""`python -m webapp.dimse`: receive by C-STORE, and fetch, until asked to stop."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import django

LEFT_SECONDS = 24 * 3600
FETCH_PATIENCE_S = 5.0


def main() -> int:
    """0 after SIGTERM or Ctrl-C; 1 with one line when it cannot listen."""
    os.environ.setdefault(  # noqa: TID251 -- where a process begins
        "DJANGO_SETTINGS_MODULE", "webapp.settings"
    )
    django.setup()
    from django.conf import settings

    from webapp.dicomweb.sandbox.gate import end_nurseries
    from webapp.dimse.server import start_server, stop_server
    from webapp.dimse.services import run_fetches

    log = logging.getLogger("webapp.dimse")
    arriving = receiving_folder(Path(settings.DICOM_FOLDER))
    try:
        server = start_server()
    except (OSError, ValueError) as error:
        log.error("DIMSE cannot be served: %s", error)
        return 1
    stopped = threading.Event()
    fetching = threading.Thread(target=run_fetches, args=(stopped,), daemon=True)
    fetching.start()
    ending = threading.Thread(target=stop_server, args=(server,))

    def end(*_: object) -> None:
        if not ending.is_alive():
            ending.start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    host, port = server.server_address[:2]
    log.info("%s at %s port %s is ready.", settings.DIMSE_AE_TITLE, host, port)
    server.serve_forever()
    ending.join()
    stopped.set()
    fetching.join(FETCH_PATIENCE_S)
    end_nurseries()
    shutil.rmtree(arriving, ignore_errors=True)
    return 0


def receiving_folder(dicom: Path) -> Path:
    """Where objects are written while they come: on the disk on which they stay.

    What processes left that were killed goes when no association of theirs can live.
    """
    parent = dicom / "receiving"
    parent.mkdir(parents=True, exist_ok=True)
    for left in parent.iterdir():
        with suppress(OSError):
            if left.stat().st_mtime < time.time() - LEFT_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
    tempfile.tempdir = tempfile.mkdtemp(dir=parent)
    return Path(tempfile.tempdir)


if __name__ == "__main__":
    sys.exit(main())
