"""The worker never loads the site, whatever the environment says of Django."""

from __future__ import annotations

import os
import subprocess
import sys


def test_celery_does_not_load_django_into_it() -> None:
    code = (
        "import sys; from inference_worker.app import app;"
        "app.loader.import_default_modules(); app.finalize();"
        "print([m for m in ('django.db', 'webapp') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "webapp.settings"},  # noqa: TID251 -- handed on
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
