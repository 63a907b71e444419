"""Models from outside come in through a worker's check, or not at all."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from inference_worker.messages import (
    TRAINING_QUEUE,
    Inspected,
    InspectRequest,
    ModelFields,
    inspection_alive_key,
)
from tests.webapp.conftest import signed_in
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.broker import connection
from webapp.training import tasks
from webapp.training.models import ModelImport, ModelVersion
from webapp.training.services import sweep_imports

URL = "/api/v1/models/imports"
State = ModelImport.State
Call = Callable[..., Any]


@pytest.fixture
def incoming(data_folder: Path) -> Path:
    (data_folder / "models" / "incoming" / "new").mkdir(parents=True)
    return data_folder / "models" / "incoming"


@pytest.fixture
def as_ada(ada: User) -> Client:
    return signed_in(ada)


@pytest.fixture
def call(
    as_ada: Client,
    valkey: str,
    incoming: Path,
    django_capture_on_commit_callbacks: Any,
) -> Call:
    """By REST as an administrator; what is queued on commit is really queued."""

    def send(verb: str, path: str = "", body: Any = None, **options: Any) -> Any:
        kind = {"content_type": "application/json"} | options
        with django_capture_on_commit_callbacks(execute=True):
            return getattr(as_ada, verb)(URL + path, body, **kind)

    return send


def sent() -> list[InspectRequest]:
    """What waits for training workers."""
    waiting: Any = connection().lrange(TRAINING_QUEUE, 0, -1)
    bodies = [base64.b64decode(json.loads(each)["body"]) for each in waiting]
    return [InspectRequest.from_fields(**json.loads(body)[1]) for body in bodies]


def only() -> ModelImport:
    return ModelImport.objects.get()


def told(**fields: Any) -> None:
    tasks.record_inspection(**asdict(Inspected(str(only().pk), **fields)))


def accepted(**fields: Any) -> None:
    about = {"name": "Outside", "variant": "v1"} | fields
    told(model=ModelFields("d" * 64, "/data/models/d"), **about)


def aged(**fields: Any) -> None:
    ModelImport.objects.update(**fields)


def test_a_folder_is_sent_to_a_training_worker(call: Call) -> None:
    answer = call("post", body={"folder": "new"})

    assert (answer.status_code, answer.json()["state"]) == (201, "checking")
    assert sent() == [InspectRequest(answer.json()["id"], "new")]


def test_an_adapter_is_sent_with_its_base(call: Call, active: ModelVersion) -> None:
    call("post", body={"folder": "new", "base": active.pk})

    assert sent()[0].base == ModelFields(active.digest, active.path)


@pytest.mark.parametrize("folder", ["../new", "/etc", ".", "upload-1", "new/../.."])
def test_a_folder_elsewhere_is_refused(call: Call, folder: str) -> None:
    answer = call("post", body={"folder": folder})

    assert (answer.status_code, answer.json()["code"]) == (400, "PATH_OUTSIDE")
    assert not ModelImport.objects.exists()


def test_a_folder_that_is_not_there_is_refused(call: Call) -> None:
    assert call("post", body={"folder": "x"}).json()["code"] == "CHECKPOINT_MISSING"


def test_a_folder_is_checked_once_at_a_time(call: Call) -> None:
    call("post", body={"folder": "new"})
    answer = call("post", body={"folder": "new"})

    assert (answer.status_code, answer.json()["code"]) == (409, "IMPORT_OPEN")


def test_what_the_worker_accepts_becomes_a_candidate(
    call: Call, active: ModelVersion
) -> None:
    call("post", body={"folder": "new"})
    accepted(name="Out\u0000side\n2")

    version = ModelVersion.objects.get(digest="d" * 64)
    assert (version.name, version.state) == ("Out side 2", "candidate")
    assert version.note == "Taken from new by ada. Not trained here."
    assert (only().state, only().model_version) == (State.ACCEPTED, version)
    assert AuditEvent.objects.filter(action="model.accept").count() == 1


def test_a_person_may_name_the_version(call: Call) -> None:
    call("post", body={"folder": "new", "title": "Med v2"})
    accepted()

    assert only().model_version == ModelVersion.objects.get(name="Med v2")


def test_what_the_worker_refuses_is_told_with_its_code(call: Call) -> None:
    made = call("post", body={"folder": "new"}).json()["id"]
    told(code="CHECKPOINT_UNSAFE", message="bad\udce9.bin can run code.")
    accepted()

    found = call("get", f"/{made}").json()
    assert (found["state"], found["code"]) == ("refused", "CHECKPOINT_UNSAFE")
    assert found["message"] == "bad .bin can run code."
    assert not ModelVersion.objects.filter(digest="d" * 64).exists()


def test_files_are_sent_in_pieces_and_then_checked(call: Call, incoming: Path) -> None:
    made = call("post", body={}).json()
    path = f"/{made['id']}/files/config.json"
    piece = {"content_type": "application/octet-stream"}
    call("put", path, b'{"a":', **piece)
    repeated = call("put", path, b'{"a":', **piece)
    whole = call("put", f"{path}?offset=5", b" 1}", **piece).json()

    assert (repeated.status_code, repeated.json()["code"]) == (409, "UPLOAD_OFFSET")
    assert whole == {"name": "config.json", "size": 8}
    assert (incoming / made["folder"] / "config.json").read_bytes() == b'{"a": 1}'
    assert call("post", f"/{made['id']}/submit").json()["state"] == "checking"
    assert sent()[0].folder == made["folder"]
    assert call("put", path, b"", **piece).json()["code"] == "IMPORT_ENDED"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("pytorch_model.bin", "CHECKPOINT_UNSAFE"),
        ("run.sh", "CHECKPOINT_UNSAFE"),
        (".json", "FILE_NAME"),
        ("..", "FILE_NAME"),
        ("a%0ab.json", "FILE_NAME"),
    ],
)
def test_a_file_that_no_model_has_is_not_received(
    call: Call, incoming: Path, name: str, code: str
) -> None:
    made = call("post", body={}).json()
    path = f"/{made['id']}/files/{name}"

    answer = call("put", path, b"x", content_type="application/octet-stream")

    assert answer.json().get("code") in (code, "NOT_FOUND" if name == ".." else code)
    assert not (incoming / made["folder"]).exists()


def test_more_than_the_limit_is_not_received(call: Call, settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 4
    path = f"/{call('post', body={}).json()['id']}/files/config.json"

    answer = call("put", path, b"12345", content_type="application/octet-stream")

    assert (answer.status_code, answer.json()["code"]) == (413, "UPLOAD_TOO_LARGE")


def test_a_disk_that_is_nearly_full_takes_nothing(
    call: Call, settings: Settings
) -> None:
    settings.TRAINING_MIN_FREE_BYTES = 1 << 60
    path = f"/{call('post', body={}).json()['id']}/files/config.json"

    answer = call("put", path, b"12345", content_type="application/octet-stream")

    assert (answer.status_code, answer.json()["code"]) == (507, "DISK_FULL")


def test_an_upload_without_a_description_is_not_checked(call: Call) -> None:
    made = call("post", body={}).json()["id"]

    assert call("post", f"/{made}/submit").json()["code"] == "UPLOAD_INCOMPLETE"


def test_a_cancelled_upload_leaves_nothing(call: Call, incoming: Path) -> None:
    made = call("post", body={}).json()
    path = f"/{made['id']}"
    piece = {"content_type": "application/octet-stream"}
    call("put", f"{path}/files/config.json", b"{}", **piece)

    assert call("delete", path).status_code == 204
    assert not (incoming / made["folder"]).exists()
    assert call("delete", path).json()["code"] == "IMPORT_ENDED"


def test_a_folder_that_a_person_filled_stays(call: Call, incoming: Path) -> None:
    call("post", body={"folder": "new"})
    told(code="CHECKPOINT_UNSAFE", message="No.")

    assert (incoming / "new").is_dir()


def test_one_that_waits_or_is_worked_on_is_not_sent_again(call: Call) -> None:
    call("post", body={"folder": "new"})
    long_ago = timezone.now() - timedelta(hours=1)
    aged(seen_at=long_ago)
    sweep_imports()
    connection().delete(TRAINING_QUEUE)
    connection().set(inspection_alive_key(str(only().pk)), "worker")
    aged(seen_at=long_ago)
    sweep_imports()

    assert (only().attempt, only().is_at_work, sent()) == (1, True, [])


def test_a_lost_one_is_sent_again_and_refused_in_the_end(
    call: Call, settings: Settings
) -> None:
    settings.MAX_ATTEMPTS = 2
    call("post", body={"folder": "new"})
    for _ in range(2):
        connection().delete(TRAINING_QUEUE)
        aged(seen_at=timezone.now() - timedelta(hours=1))
        sweep_imports()

    assert (only().attempt, only().state) == (2, State.REFUSED)
    assert only().code == "WORKER_LOST"


def test_one_that_no_worker_takes_is_refused_after_a_day(call: Call) -> None:
    call("post", body={"folder": "new"})
    aged(handed_at=timezone.now() - timedelta(hours=25))
    sweep_imports()

    assert (only().state, only().code) == (State.REFUSED, "NO_WORKER")


def test_an_upload_that_nobody_goes_on_with_ends(call: Call, incoming: Path) -> None:
    made = call("post", body={}).json()
    (incoming / made["folder"]).mkdir()
    aged(updated_at=timezone.now() - timedelta(days=30))
    sweep_imports()

    assert (only().state, only().code) == (State.CANCELLED, "UPLOAD_ABANDONED")
    assert not (incoming / made["folder"]).exists()


def test_what_could_not_be_sent_is_sent_by_the_sweeper(call: Call) -> None:
    call("post", body={"folder": "new"})
    connection().delete(TRAINING_QUEUE)
    aged(sent_at=None)
    sweep_imports()

    assert len(sent()) == 1


def test_others_bring_in_nothing(as_alice: Client, db: None) -> None:
    answer = as_alice.post(URL, {"folder": "new"}, content_type="application/json")

    assert answer.status_code == 403
    assert as_alice.get("/models/imports/").status_code == 404


def test_the_pages_bring_in_and_tell_why_not(
    call: Call, as_ada: Client, active: ModelVersion
) -> None:
    refused = as_ada.post("/models/imports/", {"folder": "../x"})
    assert b"PATH_OUTSIDE" in refused.content
    page = as_ada.post("/models/imports/", {"folder": "new"}, follow=True)
    assert b"Waiting for the check" in page.content
    told(code="CHECKPOINT_CORRUPT", message="It is damaged.")
    live = as_ada.get(f"/models/imports/{only().pk}/?part=live")
    assert b"It is damaged." in live.content
    assert b"<html" not in live.content
    assert b"CHECKPOINT_CORRUPT" in as_ada.get("/models/imports/").content
