"""Opening a checkpoint from outside: in a process of its own, within limits."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from inference_worker.messages import Inspected, InspectRequest, ModelFields
from inference_worker.settings import WorkerSettings

INSPECT_SECONDS = 1800


def inspect(request: InspectRequest, settings: WorkerSettings) -> Inspected:
    """What the folder holds, or why it is refused. Nothing of it is loaded here."""
    models = (settings.data_folder / "models").resolve()
    folder = (models / "incoming" / request.folder).resolve()
    if not folder.is_relative_to(models / "incoming"):
        return refused(request, "PATH_OUTSIDE", "The folder lies outside of incoming.")
    if not folder.is_dir():
        return refused(
            request, "CHECKPOINT_MISSING", "There is no such folder of models."
        )
    with tempfile.TemporaryDirectory() as scratch:
        answer = Path(scratch) / "answer.json"
        task = {
            "folder": str(folder),
            "models": str(models),
            "base": asdict(request.base) if request.base else None,
            "answer": str(answer),
        }
        told = run(json.dumps(task))
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
    )


def run(task: str) -> tuple[str, str]:
    """Run the inspection; returns the refusal for one that says nothing."""
    command = [sys.executable, "-m", "dragonfly.evaluation.candidate", "inspect", task]
    try:
        subprocess.run(  # noqa: S603 -- our own command
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=INSPECT_SECONDS,
            preexec_fn=limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "CHECKPOINT_UNREADABLE", "Opening the model took too long."
    return (
        "CHECKPOINT_UNREADABLE",
        "The model could not be opened: the process that tried has ended.",
    )


def limit() -> None:
    """No memory dumps, few files, and half an hour of computing."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
    resource.setrlimit(resource.RLIMIT_CPU, (INSPECT_SECONDS, INSPECT_SECONDS))


def refused(request: InspectRequest, code: str, message: str) -> Inspected:
    """Why it is not taken."""
    return Inspected(request.import_id, code=code, message=message)
