"""A private PostgreSQL for one run: `python -m tests.postgres COMMAND…`.

It listens on a free port of loopback, keeps its files in a folder that goes away with
it, and tells the command its address in DATABASE_URL. PostgreSQL refuses to run as
root, so as root it runs as the user that Debian's package made for it.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE

from tests.valkey import free_port

UNPRIVILEGED = ("postgres", "nobody")
PATIENCE_S = 60.0
# Nothing of it is kept, so nothing need reach the disk.
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def programs() -> Path:
    """The folder of initdb and postgres."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: float(path.parts[-3]),
    )
    if not versions:
        raise SystemExit("PostgreSQL is missing: sudo apt-get install postgresql")
    return versions[-1].parent


def owner() -> str | None:
    """Whom the server runs as; None: whoever runs this."""
    if os.geteuid():
        return None
    known = {user.pw_name for user in pwd.getpwall()}
    return next(name for name in UNPRIVILEGED if name in known)


@contextmanager
def running_postgres() -> Iterator[str]:
    """Yield the address of an empty database, whose user may make others."""
    user = owner()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        password = secrets.token_hex(16)
        words = Path(folder) / "password"
        words.write_text(password)
        if user:
            for path in (Path(folder), words):
                shutil.chown(path, user)
        make = [str(programs() / "initdb"), f"--pgdata={data}", "--username=dragonfly"]
        make += ["--auth=scram-sha-256", f"--pwfile={words}", "--encoding=UTF8"]
        make += ["--locale=C", "--no-sync"]
        subprocess.run(make, user=user, cwd=folder, check=True, stdout=PIPE)
        port = free_port()
        with serving(data, port, user):
            yield f"postgres://dragonfly:{password}@127.0.0.1:{port}/postgres"


@contextmanager
def serving(data: Path, port: int, user: str | None) -> Iterator[None]:
    """The server over this folder, from its first answer to the end of the block."""
    command = [str(programs() / "postgres"), "-D", str(data), "-p", str(port)]
    command += ["-c", "listen_addresses=127.0.0.1", "-k", str(data.parent)]
    for setting in QUICK:
        command += ["-c", setting]
    with (data.parent / "log").open("wb") as log:
        server = subprocess.Popen(
            command, user=user, cwd=data.parent, stdout=log, stderr=log
        )
    try:
        wait_for(data.parent, port, server)
        yield
    finally:
        server.terminate()
        server.wait(30)


def wait_for(folder: Path, port: int, server: subprocess.Popen[bytes]) -> None:
    """Until it takes connections."""
    ask = [str(programs() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    until = time.monotonic() + PATIENCE_S
    while subprocess.run(ask, check=False).returncode:
        if server.poll() is not None or time.monotonic() > until:
            raise SystemExit((folder / "log").read_text(errors="replace")[-3000:])
        time.sleep(0.1)


def main() -> int:
    """Run the command beside a server; its exit status."""
    with running_postgres() as url:
        inherited = dict(os.environ)  # noqa: TID251 -- handed on to the command
        environment = inherited | {"DATABASE_URL": url}
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
