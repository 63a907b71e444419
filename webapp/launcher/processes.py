"""The processes of the site: their commands, and what each of them may know."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from webapp.launcher.child import Task
from webapp.launcher.settings import EVERYWHERE, LauncherSettings

Environment = dict[str, str]
# The machine with the GPU has no Django and no database, and signs nothing.
NOT_FOR_INFERENCE = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "SECRET_KEY")


def site_environment(settings: LauncherSettings, redis_url: str) -> Environment:
    """What the web processes read: the person's own settings, and ours where none."""
    values = dict(settings.environment)
    values.pop("REDIS_URL_FILE", None)
    if not (values.get("SECRET_KEY") or values.get("SECRET_KEY_FILE")):
        values["SECRET_KEY_FILE"] = str(secret_key_file(settings.data))
    return values | {
        "ALLOWED_HOSTS": _allowed_hosts(settings),
        "DJANGO_SETTINGS_MODULE": "webapp.settings",
        "DRAGONFLY_DATA": str(settings.data),
        "PYTHONUNBUFFERED": "1",
        "REDIS_URL": redis_url,
    }


def inference_environment(site: Mapping[str, str]) -> Environment:
    """The same without the site's secrets and settings."""
    hidden = {f"{name}{end}" for name in NOT_FOR_INFERENCE for end in ("", "_FILE")}
    return {name: value for name, value in site.items() if name not in hidden}


def secret_key_file(data: Path) -> Path:
    """A key of this data folder's own, drawn once, for nobody else to read."""
    file = data / "secret_key"
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file
    with os.fdopen(handle, "w") as stream:
        stream.write(secrets.token_urlsafe(64))
    return file


def _allowed_hosts(settings: LauncherSettings) -> str:
    named = settings.environment.get("ALLOWED_HOSTS") or "localhost,[::1]"
    # The launcher's own health check asks by address.
    own = "127.0.0.1" if settings.host in EVERYWHERE else settings.host
    return ",".join((named, own, "127.0.0.1"))


def prepare(
    settings: LauncherSettings, environment: Environment, told: Callable[[str], None]
) -> Task:
    """Migrations and the demo; ends."""
    demo = ["--demo"] if settings.with_demo else []
    command = [sys.executable, "-m", "webapp.launcher.prepare", *demo]
    return Task("prepare", command, environment, told=told)


def web(settings: LauncherSettings, environment: Environment) -> Task:
    """Pages, REST, sockets, uploads and tiles, in one process."""
    place = ["--host", settings.host, "--port", str(settings.port)]
    command = [sys.executable, "-m", "uvicorn", "webapp.asgi:application", *place]
    # Sockets that follow a question never end by themselves.
    command += ["--no-access-log", "--timeout-graceful-shutdown", "2"]
    command += ["--http", "webapp.http_protocol:HttpProtocol"]
    # Of proxies the site's settings tell; an answer need not name its server.
    command += ["--no-proxy-headers", "--no-server-header"]
    return Task("web", command, environment)


def web_worker(settings: LauncherSettings, environment: Environment) -> Task:
    """Ingest, replies, and the clock."""
    command = [sys.executable, "-m", "celery", "--app=webapp.celery", "worker"]
    command += ["--beat", f"--schedule={settings.data / 'clock'}"]
    command += ["--queues=web", "--concurrency=2", "--hostname=web@%h"]
    command += ["--without-gossip", "--without-mingle", "--loglevel=INFO"]
    return Task("web-worker", command, environment, ready_mark=" ready.")


def dimse(port: int, environment: Environment) -> Task:
    """Receives DICOM objects by C-STORE."""
    command = [sys.executable, "-m", "webapp.dimse"]
    place = environment | {"DIMSE_PORT": str(port)}
    return Task("dimse", command, place, ready_mark=" is ready.")


def training(environment: Environment) -> Task:
    """Takes fine-tune jobs; the trainer itself is a process of each job."""
    command = [sys.executable, "-m", "inference_worker.training"]
    return Task(
        "training", command, inference_environment(environment), ready_mark=" ready."
    )


def inference(environment: Environment) -> Task:
    """The model, on one device."""
    command = [sys.executable, "-m", "inference_worker"]
    return Task(
        "inference", command, inference_environment(environment), ready_mark=" ready."
    )
