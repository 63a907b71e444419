"""Bring the database up to date and put the demo into it: `-m webapp.launcher.prepare`.

Safe to run at each start: what is there already stays as it is. It tells the launcher
what it did in lines of JSON, and a person as well, since nothing else prints them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

from webapp.launcher.child import TOLD

ACCOUNT = "demo"
DRAWN = Path(sys.prefix) / "demo"
"""Where setting up has drawn the demo slide; a container draws its own."""
SLIDE_NAME = "Demo slide (synthetic)"
# In words that the shipped model was taught; the slide holds all three.
QUESTIONS = [
    "Is there a cluster of mitotic figures anywhere in this slide?",
    "Does this slide contain an aggregate of lymphocytes?",
    "How many tissue fragments are there?",
]


def main() -> None:
    """Migrate; with `--demo`, make the demo account and the demo slide too."""
    parser = argparse.ArgumentParser(prog="python -m webapp.launcher.prepare")
    parser.add_argument("--demo", action="store_true", help="account and slide too")
    arguments = parser.parse_args()
    os.environ.setdefault(  # noqa: TID251 -- where a process begins
        "DJANGO_SETTINGS_MODULE", "webapp.settings"
    )
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    make_folders()
    tell(step="database")
    if arguments.demo:
        tell(step="account", name=ACCOUNT, password=demo_account())
        tell(step="slide", is_new=demo_slide())


def make_folders() -> None:
    """Those that other machines see, each of them a part of the volume."""
    for name in ("slides", "data_sets", "training", "models"):
        (settings.DATA_FOLDER / name).mkdir(parents=True, exist_ok=True)


def tell(**what: object) -> None:
    """One line on standard output."""
    sys.stdout.write(f"{TOLD}{json.dumps(what)}\n")
    sys.stdout.flush()


def demo_account() -> str | None:
    """Its password when it is new; None when it was there."""
    from webapp.accounts.models import User
    from webapp.accounts.services import create_account

    return create_account(ACCOUNT, User.Role.ADMIN)


def demo_slide() -> bool:
    """Whether it is new; a demo slide that somebody deleted stays deleted."""
    from webapp.accounts.models import User
    from webapp.slides.models import Slide
    from webapp.slides.services import add_slide

    if Slide.objects.filter(is_demo=True).exists():
        return False
    owner = User.objects.get(username=ACCOUNT)
    with tempfile.TemporaryDirectory(dir=settings.DATA_FOLDER) as folder:
        drawn = draw_slide(Path(folder))
        add_slide(owner, drawn, SLIDE_NAME, is_demo=True, suggested_questions=QUESTIONS)
    return True


def draw_slide(folder: Path) -> Path:
    """The synthetic demo slide, by the `dragonfly` command; the web has no model."""
    if (DRAWN / ".drawn").exists():
        return next(DRAWN.glob("*.svs"))
    command = [sys.executable, "-m", "dragonfly", "demo", "slides", f"--out={folder}"]
    subprocess.run(command, check=True, stdout=sys.stderr)  # noqa: S603
    return next(folder.glob("*.svs"))


if __name__ == "__main__":
    main()
