"""Opening a checkpoint from outside: in a process of its own, within limits.

The process has no network where the kernel lets a user take it away, and none of this
one's secrets; what it may take of memory, disk and time is limited; whatever it leaves
half done is removed.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

from dragonfly.offline import leave_network
from inference_worker.messages import Inspected, InspectRequest, ModelFields
from inference_worker.settings import WorkerSettings, bare_environment

INSPECT_SECONDS = 1800
LIBRARY_BYTES = 12 * 2**30
"""Address space for torch before it holds any weights; most is never touched."""
TIMES_WEIGHTS = 8
"""The files mapped, the base, both as float32, and the merged model once more."""
DRAFT = "incoming-"
SMALL_FILES = 512 * 2**20


def inspect(
    request: InspectRequest,
    settings: WorkerSettings,
    beat: Callable[[], None] = lambda: None,
) -> Inspected:
    """What the folder holds, or why it is refused. Nothing of it is loaded here.

    Args:
        request: names the folder.
        settings: of this worker.
        beat: called every few seconds while the process is at work.
    """
    models = (settings.data_folder / "models").resolve()
    folder = (models / "incoming" / request.folder).resolve()
    if not folder.is_relative_to(models / "incoming") or folder == models / "incoming":
        return refused(request, "PATH_OUTSIDE", "The folder lies outside of incoming.")
    if not folder.is_dir():
        return refused(
            request, "CHECKPOINT_MISSING", "There is no such folder of models."
        )
    clear_left_over(models)
    with tempfile.TemporaryDirectory(
        prefix=DRAFT, suffix=".partial", dir=models
    ) as draft:
        answer = Path(draft) / "answer.json"
        task = {
            "folder": str(folder),
            "models": str(models),
            "draft": draft,
            "base": asdict(request.base) if request.base else None,
            "answer": str(answer),
        }
        needed = bytes_in(folder)
        if request.base:
            needed += bytes_in(Path(request.base.path))
        told = run(json.dumps(task), draft, needed, beat, settings.heartbeat_s)
        if not answer.is_file():
            return refused(request, *told)
        found = json.loads(answer.read_text())
    if found.get("code"):
        return refused(request, found["code"], found["message"])
    return Inspected(
        request.import_id,
        model=ModelFields(found["digest"], found["path"]),
        name=found["name"],
        variant=found["variant"],
        base_digest=found["base_digest"],
        card=found["card"],
    )


def run(
    task: str, home: str, needed: int, beat: Callable[[], None], every_s: float
) -> tuple[str, str]:
    """Run the inspection; returns the refusal for one that says nothing."""
    command = [sys.executable, "-m", "dragonfly.evaluation.candidate", "inspect", task]
    process = subprocess.Popen(  # noqa: S603 -- our own command
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=bare_environment(home),
        start_new_session=True,
        preexec_fn=partial(fence, needed),
    )
    end = time.monotonic() + INSPECT_SECONDS
    while time.monotonic() < end:
        beat()
        try:
            process.wait(every_s)
        except subprocess.TimeoutExpired:
            continue
        return (
            "CHECKPOINT_UNREADABLE",
            "The model could not be opened: the process that tried has ended, "
            "most often because its description and its weights do not belong "
            "together, or because it needs more memory than its size explains.",
        )
    process.kill()
    process.wait()
    return "CHECKPOINT_UNREADABLE", "Opening the model took too long."


def clear_left_over(models: Path) -> None:
    """Remove what a worker left that was killed in the middle; none takes so long."""
    for draft in models.glob(f"{DRAFT}*.partial"):
        if draft.stat().st_mtime < time.time() - 2 * INSPECT_SECONDS:
            shutil.rmtree(draft, ignore_errors=True)


def bytes_in(folder: Path) -> int:
    """Of the plain files in it; links are not followed."""
    found = (file.lstat() for file in folder.rglob("*") if not file.is_symlink())
    return sum(each.st_size for each in found)


def fence(needed: int) -> None:
    """Limit this process, which opens bytes of that size, and take its network away."""
    leave_network()
    limit(needed)


def limit(needed: int) -> None:
    """No memory dumps, few files, half an hour of computing; memory and files to fit.

    Args:
        needed: bytes of the model, and of its base.
    """
    memory, file = LIBRARY_BYTES + TIMES_WEIGHTS * needed, needed + SMALL_FILES
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CPU, INSPECT_SECONDS),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, file),
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def refused(request: InspectRequest, code: str, message: str) -> Inspected:
    """Why it is not taken."""
    return Inspected(request.import_id, code=code, message=message)
