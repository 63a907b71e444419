"""What `make run` reads from the environment, and what it hands on to its children."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dragonfly.errors import DragonflyError

ROOT = Path(__file__).resolve().parent.parent.parent
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 -- recognised, never chosen
NO = {"0", "false", "no", "off"}


@dataclass(frozen=True)
class LauncherSettings:
    """Where the site listens and where it keeps its things."""

    host: str
    port: int
    prefix: str
    data: Path
    redis_url: str
    """Empty: start a server of our own."""
    with_demo: bool
    dimse_port: int | None
    """Where DICOM objects are received by DIMSE; None: not at all."""
    environment: Mapping[str, str]
    """All that was set, for the children."""

    @property
    def logs(self) -> Path:
        """Where each child's words go."""
        return self.data / "logs"

    @property
    def url(self) -> str:
        """What a person opens, with a slash at the end."""
        return self._url("localhost")

    @property
    def own_url(self) -> str:
        """The same for the launcher itself."""
        return self._url("127.0.0.1")

    def _url(self, everywhere: str) -> str:
        host = everywhere if self.host in EVERYWHERE else self.host
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{self.port}{self.prefix}/"


def read_settings() -> LauncherSettings:
    """The settings of this run.

    Raises:
        DragonflyError: `SETTING_INVALID`.
    """
    values = dict(os.environ)
    host = values.get("HOST") or "127.0.0.1"
    if host in EVERYWHERE and not values.get("ALLOWED_HOSTS"):
        raise DragonflyError(
            "SETTING_INVALID",
            f"HOST={host} opens the site to the network: name the hosts that people "
            "type, such as ALLOWED_HOSTS=pathology.example.org,10.0.0.5.",
        )
    prefix = values.get("URL_PREFIX", "").strip("/")
    return LauncherSettings(
        host=host,
        port=_port(values.get("PORT") or "8000"),
        prefix=f"/{prefix}" if prefix else "",
        data=Path(values.get("DRAGONFLY_DATA") or ROOT / "var").resolve(),
        redis_url=_file(values, "REDIS_URL") or values.get("REDIS_URL", ""),
        with_demo=(values.get("DRAGONFLY_DEMO") or "1").lower() not in NO,
        dimse_port=_dimse_port(values),
        environment=values,
    )


def _port(text: str, name: str = "PORT") -> int:
    if text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise DragonflyError("SETTING_INVALID", f"{name} must be 1 to 65535, not {text!r}.")


def _dimse_port(values: Mapping[str, str]) -> int | None:
    """The port that DIMSE_PORT names; with DIMSE=1 alone, one that is free."""
    if (values.get("DIMSE") or "0").lower() in NO:
        return None
    if text := values.get("DIMSE_PORT"):
        return _port(text, "DIMSE_PORT")
    with socket.socket() as free:
        free.bind((values.get("DIMSE_HOST") or "127.0.0.1", 0))
        return int(free.getsockname()[1])


def _file(values: Mapping[str, str], name: str) -> str:
    file = values.get(f"{name}_FILE")
    return Path(file).read_text().strip() if file else ""
