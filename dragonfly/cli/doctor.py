"""`dragonfly doctor`: what works on this machine, and what to do about the rest."""

from __future__ import annotations

import argparse
import platform
from collections.abc import Iterator
from dataclasses import dataclass

import openslide
import psutil
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import UID, AllTransferSyntaxes
from rich.console import Console
from rich.table import Table

from dragonfly.cli.settings import model_from_environment
from dragonfly.errors import DragonflyError

GIB = 2**30
OUT_OF_SCOPE = (
    "MPEG",
    "HEVC",
    "H.264",
    "JPIP",
    "SMPTE",
    "Papyrus",
    # pydicom neither lists nor decodes it, but pynetdicom adds it to pydicom's list.
    "JPEG XL",
    "XML",
    "Multi-component",
)
"""Videos, references and the part of JPEG 2000 that no open decoder reads."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it works, and what was found or should be done."""

    name: str
    works: bool
    words: str


def run(arguments: argparse.Namespace) -> int:
    """Print every finding; exit status 1 when something does not work."""
    findings = list(examine(arguments.model or model_from_environment()))
    table = Table(title="Dragonfly on this machine")
    for name in ("", "what", "found"):
        table.add_column(name)
    for finding in findings:
        mark = "[green]ok[/]" if finding.works else "[bold red]fix[/]"
        table.add_row(mark, finding.name, finding.words)
    Console(highlight=False).print(table)
    return 0 if all(finding.works for finding in findings) else 1


def examine(model: str | None) -> Iterator[Finding]:
    """Look at everything that an answer needs, cheap things first."""
    yield Finding("Python", True, platform.python_version())
    yield Finding("OpenSlide", True, openslide.__library_version__)
    yield _decoders()
    memory = psutil.virtual_memory()
    words = f"{memory.available / GIB:.1f} of {memory.total / GIB:.1f} GiB free"
    yield Finding("memory", memory.available > GIB, words)
    yield _torch()
    yield _model(model)


def _decoders() -> Finding:
    missing = [uid.name for uid in _picture_syntaxes() if not _can_decode(uid)]
    if not missing:
        return Finding("DICOM decoders", True, "every picture transfer syntax")
    return Finding("DICOM decoders", False, "missing: " + ", ".join(missing))


def _picture_syntaxes() -> Iterator[UID]:
    for uid in AllTransferSyntaxes:
        if not uid.is_deflated and not any(word in uid.name for word in OUT_OF_SCOPE):
            yield uid


def _can_decode(uid: UID) -> bool:
    try:
        return bool(get_decoder(uid).is_available)
    except NotImplementedError:
        return uid.is_retired


def _torch() -> Finding:
    try:
        import torch
    except ImportError:
        return Finding("torch", False, "not installed: pip install '.[worker]'")
    from dragonfly.model.precision import default_dtype

    device = "cuda" if torch.cuda.is_available() else "cpu"
    name = torch.cuda.get_device_name() if device == "cuda" else platform.machine()
    dtype = str(default_dtype(torch.device(device))).removeprefix("torch.")
    return Finding("torch", True, f"{torch.__version__}, {device} ({name}), {dtype}")


def _model(model: str | None) -> Finding:
    try:
        from dragonfly.mini.build import build_mini
        from dragonfly.model import DragonflyConfig
        from dragonfly.model.digest import checkpoint_digest
    except ImportError as error:
        return Finding("model", False, f"not installed: {error.name}")

    try:
        model = model or str(build_mini())
        digest = checkpoint_digest(model)
        layout = DragonflyConfig.from_pretrained(model).layout
    except DragonflyError as error:
        return Finding("model", False, f"{error.code}: {error.message}")
    words = (
        f"{model} ({digest[:12]}), {layout.crop_count} crops of {layout.crop_px} px, "
        f"{layout.visual_tokens} visual tokens"
    )
    return Finding("model", True, words)
