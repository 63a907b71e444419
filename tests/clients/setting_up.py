"""`python -m tests.clients.setting_up`: other people's programs, below `.venv/clients`.

They are fetched once, by their ordinary clients, and checked: OHIF and the client for
Node from the npm registry, the others from PyPI into an environment of their own, as
they bring much that nothing else here needs. What cannot be had is named in one line;
its tests are then skipped with the same reason.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
KEPT = ROOT / ".venv" / "clients"
OHIF, OHIF_VERSION = KEPT / "ohif", "3.13.2"
OHIF_SHA256 = "b189d3963bfc58e9394a9db8c7be75d07beb029ec211dbb126d47b62969dd3f1"
# Without a network they shall say so at once.
NPM = [sys.executable, "-m", "webapp.launcher.node", "npm"]
NPM += ["--fetch-retries=0", "--fetch-timeout=60000"]
PIP = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
PIP += ["--retries=0", "--timeout=30"]
NODE, PYTHON = KEPT / "node", KEPT / "python"
NODE_LOCK = HERE / "node" / "package-lock.json"
PATIENCE_S = 180


class NotHereError(Exception):
    """A program could not be had; the message says why."""


def set_up_ohif() -> None:
    """The prebuilt viewer, as a folder of files to serve."""
    with tempfile.TemporaryDirectory() as folder:
        _run(
            [*NPM, "pack", "--loglevel=error", f"@ohif/app@{OHIF_VERSION}"],
            Path(folder),
        )
        archive = next(Path(folder).glob("*.tgz"))
        if hashlib.sha256(archive.read_bytes()).hexdigest() != OHIF_SHA256:
            raise NotHereError("what came is not the release that is known here")
        with tarfile.open(archive) as packed:
            packed.extractall(folder, members=_served(packed), filter="data")
        shutil.move(Path(folder, "package", "dist"), OHIF)


def _served(packed: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """All but maps for debuggers and a model runtime that slides do not need."""
    for member in packed:
        name = member.name.removeprefix("package/dist/")
        is_served = name != member.name and not name.startswith("ort/")
        if is_served and not name.endswith(".map"):
            yield member


def set_up_node() -> None:
    """dicomweb-client for Node in the versions of the lock file."""
    NODE.mkdir()
    for file in (NODE_LOCK, NODE_LOCK.with_name("package.json")):
        shutil.copy(file, NODE)
    _run(
        [*NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        NODE,
    )


def set_up_python() -> None:
    """Beside the packages of this environment, without touching them."""
    wanted = HERE / "requirements.txt"
    _run([*PIP, "--target", str(PYTHON), "--requirement", str(wanted)], KEPT)


def _run(command: list[str], folder: Path) -> None:
    environment = ["env", f"PYTHONPATH={ROOT}"]
    try:
        subprocess.run(
            environment + command,
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )
    except subprocess.CalledProcessError as error:
        said = (error.stderr.strip() or "nothing was said").splitlines()
        errors = [line for line in said if "error" in line.lower()]
        raise NotHereError((errors or said)[0][:200]) from None
    except subprocess.TimeoutExpired:
        raise NotHereError(f"it took longer than {PATIENCE_S} s") from None


PROGRAMS: dict[str, Callable[[], None]] = {
    "ohif": set_up_ohif,
    "node": set_up_node,
    "python": set_up_python,
}


def _state_file() -> Path:
    """Another one whenever what is to be set up changes."""
    pins = (HERE / "requirements.txt", NODE_LOCK)
    said = OHIF_SHA256.encode() + b"".join(file.read_bytes() for file in pins)
    digest = hashlib.sha256(said)
    return KEPT / f"{digest.hexdigest()[:16]}.json"


def state() -> dict[str, str]:
    """Why each program is not here; "" if it is."""
    try:
        told = json.loads((_state_file()).read_text())
    except (OSError, ValueError):
        told = {}
    unknown = "it was never set up: python -m tests.clients.setting_up"
    return {name: told.get(name, unknown) for name in PROGRAMS}


def main() -> None:
    """Try what is not here yet."""
    KEPT.mkdir(parents=True, exist_ok=True)
    found = state()
    for name, set_up in PROGRAMS.items():
        if not found[name]:
            continue
        shutil.rmtree(KEPT / name, ignore_errors=True)
        try:
            set_up()
            found[name] = ""
        except NotHereError as error:
            found[name] = str(error)
            sys.stderr.write(f"{name} could not be set up: {error}\n")
    (_state_file()).write_text(json.dumps(found))


if __name__ == "__main__":
    main()
