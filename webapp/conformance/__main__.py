"""`python -m webapp.conformance`: write docs/conformance.md anew."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django

PAGE = Path(__file__).parents[2] / "docs" / "conformance.md"


def main() -> int:
    """0 when it is written."""
    os.environ.setdefault(  # noqa: TID251 -- where a process begins
        "DJANGO_SETTINGS_MODULE", "webapp.settings"
    )
    django.setup()
    from webapp.conformance.page import written_page

    PAGE.write_text(written_page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
