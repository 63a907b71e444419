"""Every setting of the worker, read from the environment once."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from inference_worker.messages import HEARTBEAT_EXPIRY_SECONDS, HEARTBEAT_SECONDS

ROOT = Path(__file__).resolve().parent.parent
PASSED_ON = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
"""What a Python needs to start."""


@dataclass(frozen=True)
class WorkerSettings:
    """Where this worker reads, what it answers with, and how often it is heard of."""

    redis_url: str
    slide_folder: Path
    """The folder that the web application writes slides to."""
    model: Path | None
    """Folder of the default checkpoint; None: Dragonfly-mini."""
    device: str | None
    """Such as "cuda:1"; None: a GPU where there is one."""
    name: str
    data_folder: Path = ROOT / "var"
    """Data sets, runs and models of fine-tune jobs lie here."""
    trains_apart: bool = False
    """The training worker has a device that answering does not use."""
    accelerate_config: Path | None = None
    """File for `accelerate launch`: several devices or machines."""
    quiet_s: float = 20.0
    """Training goes on when nobody has asked for so long."""
    heartbeat_s: float = HEARTBEAT_SECONDS
    heartbeat_expiry_s: float = HEARTBEAT_EXPIRY_SECONDS


@cache
def worker_settings() -> WorkerSettings:
    """The settings of this process.

    Raises:
        ValueError: a number is none.
    """
    data = Path(os.environ.get("DRAGONFLY_DATA") or ROOT / "var")
    model = os.environ.get("DRAGONFLY_MODEL")
    expiry_s = os.environ.get("HEARTBEAT_EXPIRY_SECONDS") or HEARTBEAT_EXPIRY_SECONDS
    return WorkerSettings(
        redis_url=_secret("REDIS_URL") or "redis://127.0.0.1:6379/0",
        slide_folder=Path(os.environ.get("DRAGONFLY_SLIDES") or data / "slides"),
        model=Path(model) if model else None,
        device=os.environ.get("DRAGONFLY_DEVICE") or None,
        name=os.environ.get("WORKER_NAME") or f"{socket.gethostname()}-{os.getpid()}",
        data_folder=data.resolve(),
        trains_apart=os.environ.get("TRAINING_HAS_OWN_DEVICE", "") in ("1", "true"),
        accelerate_config=_path("TRAINING_ACCELERATE_CONFIG"),
        quiet_s=float(os.environ.get("TRAINING_QUIET_SECONDS") or 20),
        heartbeat_s=min(HEARTBEAT_SECONDS, float(expiry_s) / 4),
        heartbeat_expiry_s=float(expiry_s),
    )


def _secret(name: str) -> str:
    """A secret, from the variable or from the file that `NAME_FILE` names."""
    if file := os.environ.get(f"{name}_FILE"):
        return Path(file).read_text().strip()
    return os.environ.get(name, "")


def _path(name: str) -> Path | None:
    value = os.environ.get(name)
    return Path(value) if value else None


def bare_environment(home: str) -> dict[str, str]:
    """For a process that opens what strangers made: nothing secret, no GPU.

    Args:
        home: a folder that is removed after it.
    """
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    quiet = {"CUDA_VISIBLE_DEVICES": "", "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "2"}
    return kept | quiet | {"HOME": home, "TMPDIR": home, "HF_HOME": home}
