"""The one message that a person waits for: the address, and how to sign in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webapp.launcher.settings import ROOT, LauncherSettings

INTENDED_USE = "Research use only. Not for diagnosis or patient management."


def announcement(
    settings: LauncherSettings, told: Mapping[str, Mapping[str, Any]]
) -> str:
    """What is printed when everything answers."""
    lines = ["", f"Dragonfly for pathology is ready: {settings.url}"]
    if account := told.get("account"):
        lines += [_account(settings, account)]
    if settings.dimse_port:
        lines += [_dimse(settings)]
    return "\n".join(
        [*lines, INTENDED_USE, f"Ctrl-C stops it. Logs: {settings.logs}", ""]
    )


def _dimse(settings: LauncherSettings) -> str:
    values = settings.environment
    title = values.get("DIMSE_AE_TITLE") or "DRAGONFLY"
    host = values.get("DIMSE_HOST") or "127.0.0.1"
    return (
        f"DICOM objects are received by {title} at {host} port {settings.dimse_port}; "
        f"who may send is named in {settings.url}admin/dimse/sender/."
    )


def _account(settings: LauncherSettings, account: Mapping[str, Any]) -> str:
    name, password = account["name"], account["password"]
    if password:
        return (
            f"Sign in as {name} with {password} (shown this once; only a hash is kept)."
        )
    data = "" if settings.data == ROOT / "var" else f"DRAGONFLY_DATA={settings.data} "
    reset = f"{data}.venv/bin/python -m webapp.manage changepassword {name}"
    return f"Sign in as {name}, which exists. Another password: {reset}"
