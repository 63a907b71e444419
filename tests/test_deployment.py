"""The Docker files name what exists, and give each service no more than it needs."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILES = sorted((ROOT / "docker").glob("*.Dockerfile"))
BY_NAME = {path.stem: path.read_text() for path in DOCKERFILES}
SITE_SECRETS = {"database_url", "postgres_password", "secret_key"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "docker-compose.yml").read_text()))


def instructions(text: str, name: str) -> list[str]:
    """The arguments of each instruction of this name, continued lines joined."""
    lines = text.replace("\\\n", " ").splitlines()
    return [line.split(maxsplit=1)[1] for line in lines if line.startswith(f"{name} ")]


def copied(text: str) -> list[str]:
    """What each COPY takes from the repository."""
    wanted = []
    for arguments in instructions(text, "COPY"):
        if not arguments.startswith("--from"):
            wanted += shlex.split(arguments)[:-1]
    return wanted


def ignored_except() -> set[str]:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    return {line[1:] for line in lines if line.startswith("!")}


@pytest.mark.parametrize("text", BY_NAME.values(), ids=BY_NAME)
def test_what_is_copied_exists_and_reaches_the_build(text: str) -> None:
    for path in copied(text):
        assert (ROOT / path).exists(), path
        kept = [pattern for pattern in ignored_except() if Path(path).match(pattern)]
        assert kept or Path(path).parts[0] in ignored_except(), path


@pytest.mark.parametrize("text", BY_NAME.values(), ids=BY_NAME)
def test_a_container_does_not_run_as_root(text: str) -> None:
    final = text.rpartition("\nFROM ")[2]
    assert instructions(final, "USER") == ["10001"]


@pytest.mark.parametrize("text", BY_NAME.values(), ids=BY_NAME)
def test_base_images_are_pinned_to_a_release(text: str) -> None:
    for image in instructions(text, "FROM"):
        assert re.match(r"\w+:\d+\.\d+", image), image


@pytest.mark.parametrize(
    ("name", "extras"), [("web", {"web"}), ("worker", {"worker", "mini", "train"})]
)
def test_each_image_has_its_own_libraries_alone(name: str, extras: set[str]) -> None:
    installed = re.search(r"'\.\[([\w,]+)\]'", BY_NAME[name])
    assert installed is not None
    assert set(installed[1].split(",")) == extras
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert extras <= project["optional-dependencies"].keys()


def test_neither_image_carries_the_others_code() -> None:
    assert "inference_worker" not in copied(BY_NAME["web"])
    assert not [path for path in copied(BY_NAME["worker"]) if "webapp" in path]


def test_both_ways_install_the_same_carriers() -> None:
    makefile = (ROOT / "Makefile").read_text()
    carriers = re.search(r"^CARRIERS := (.+)$", makefile, re.MULTILINE)
    assert carriers is not None
    assert f"--no-deps {carriers[1]}" in BY_NAME["worker"]


@pytest.mark.parametrize("name", ["gpu-worker", "training-worker"])
def test_a_gpu_worker_knows_no_secret_of_the_site(
    compose: dict[str, Any], name: str
) -> None:
    worker = compose["services"][name]
    assert set(worker["secrets"]) & SITE_SECRETS == set()
    assert {"DATABASE_URL_FILE", "SECRET_KEY_FILE"} & set(
        worker["environment"]
    ) == set()
    assert worker["volumes"][0]["read_only"] is True


def test_training_writes_its_runs_and_models_and_nothing_else(
    compose: dict[str, Any],
) -> None:
    mounts = compose["services"]["training-worker"]["volumes"]
    parts = {m["volume"]["subpath"]: m for m in mounts if isinstance(m, dict)}
    writable = {name for name, mount in parts.items() if not mount.get("read_only")}
    assert writable == {"training", "models"}
    assert all(mount["target"] == f"/data/{name}" for name, mount in parts.items())


def test_every_part_of_the_volume_is_made_before_it_is_mounted(
    compose: dict[str, Any],
) -> None:
    made = (ROOT / "webapp" / "launcher" / "prepare.py").read_text()
    for service in compose["services"].values():
        mounts = [m for m in service.get("volumes", []) if isinstance(m, dict)]
        for mount in mounts:
            assert f'"{mount["volume"]["subpath"]}"' in made


def test_no_secret_is_written_into_the_file(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for name in service.get("environment", {}):
            assert not re.search(r"(PASSWORD|SECRET_KEY|_URL)$", name), name


def test_every_setting_is_one_that_is_read(compose: dict[str, Any]) -> None:
    read = (ROOT / "webapp" / "settings.py").read_text()
    read += (ROOT / "inference_worker" / "settings.py").read_text()
    for service in ("web", "gpu-worker", "training-worker"):
        for name in compose["services"][service]["environment"]:
            plain = name.removesuffix("_FILE")
            assert f'"{plain}"' in read or plain == "WEB_CONCURRENCY", name


def test_every_command_runs_a_module_that_exists(compose: dict[str, Any]) -> None:
    commands = [service.get("command", []) for service in compose["services"].values()]
    named = re.findall(
        r"\b((?:webapp|inference_worker)[\w.]*)", str([*commands, *BY_NAME.values()])
    )
    for module in set(named):
        found = module.removesuffix(".py").partition("/")[0]
        assert find_spec(found) is not None, module


def test_one_clock_alone_rings(compose: dict[str, Any]) -> None:
    commands = {n: s.get("command", []) for n, s in compose["services"].items()}
    ringing = [n for n, c in commands.items() if "beat" in c or "--beat" in c]
    assert ringing == ["clock"]


def test_the_script_draws_every_secret_once(
    compose: dict[str, Any], tmp_path: Path
) -> None:
    script = tmp_path / "make-secrets.sh"
    script.write_bytes((ROOT / "docker" / "make-secrets.sh").read_bytes())
    subprocess.run(["sh", script], check=True, cwd=tmp_path)
    drawn = {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()}
    assert drawn.keys() == compose["secrets"].keys()
    assert drawn["postgres_password"] in drawn["database_url"]
    assert drawn["valkey.conf"].split()[1] in drawn["redis_url"]
    assert len(set(drawn["secret_key"])) > 8
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
    subprocess.run(["sh", script], check=True, cwd=tmp_path)
    assert (tmp_path / "secrets" / "secret_key").read_text() == drawn["secret_key"]
