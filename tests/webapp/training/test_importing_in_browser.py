"""A person sends a model's files in a browser, and a worker's own code judges them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import torch
from django.db import connections
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from dragonfly.evaluation.candidate.inspecting import inspect as look_at
from inference_worker.messages import TRAINING_QUEUE, InspectRequest
from inference_worker.settings import WorkerSettings
from inference_worker.training import inspecting
from tests.browser import EXECUTABLE, PATIENCE, SECONDS, chromium, violations, window
from tests.checkpoints import save_checkpoint, tiny_model
from tests.webapp.conftest import signed_in
from tests.webapp.factories import make_model_version, make_user
from webapp.accounts.models import User
from webapp.broker import connection
from webapp.training import tasks
from webapp.training.models import ModelVersion

MANIFEST = Path(__file__).parents[3] / "frontend" / "dist" / "manifest.json"

pytestmark = [
    pytest.mark.skipif(not EXECUTABLE.exists(), reason="no Chromium here"),
    pytest.mark.skipif(not MANIFEST.exists(), reason="the front end is not built"),
]


@pytest.fixture(scope="module", autouse=True)
def beside_an_event_loop() -> Iterator[None]:
    """Playwright keeps a loop in this thread, which Django takes for async code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")
        yield


@pytest.fixture
def page(beside_an_event_loop: None, live_server: LiveServer) -> Iterator[Page]:
    """An administrator's window; it fails on anything that the page complains of."""
    make_model_version(name="old")
    client = signed_in(make_user("ada", User.Role.ADMIN))
    session = client.cookies["sessionid"].value
    complaints: list[str] = []
    with (
        chromium() as browser,
        window(browser, live_server.url, session, bypass_csp=True) as context,
    ):
        context.on("weberror", lambda failure: complaints.append(str(failure.error)))
        yield context.new_page()
        # Beside the loop this thread has connections of its own, which stay open else.
        connections.close_all()
    assert complaints == []


@pytest.fixture
def worker(
    valkey: str, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], None]:
    """Takes one message off the queue as the training worker does."""
    settings = WorkerSettings(valkey, data_folder, None, "cpu", "t", data_folder)

    def in_this_process(task: str, *_: Any) -> tuple[str, str]:
        look_at(json.loads(task))
        return ("", "")

    def work() -> None:
        taken: Any = connection().brpop([TRAINING_QUEUE], timeout=PATIENCE / SECONDS)
        body = json.loads(base64.b64decode(json.loads(taken[1])["body"]))
        request = InspectRequest.from_fields(**body[1])
        tasks.record_inspection(**asdict(inspecting.inspect(request, settings)))

    monkeypatch.setattr(inspecting, "run", in_this_process)
    return work


def send(page: Page, folder: Path) -> None:
    page.goto("/models/imports/")
    page.set_input_files("#model-files", sorted(folder.iterdir()))
    page.click("text=Send and check")


def test_a_whole_model_becomes_a_candidate_and_a_broken_one_does_not(
    page: Page, worker: Callable[[], None], tmp_path: Path, data_folder: Path
) -> None:
    whole = save_checkpoint(tmp_path / "whole")
    send(page, whole)
    page.wait_for_url("**/models/imports/*-*/")
    assert violations(page) == []
    worker()
    expect(page.get_by_text("It is here as")).to_be_visible()
    version = ModelVersion.objects.get(state="candidate")
    assert (Path(version.path) / "model.safetensors").is_file()
    for path in (f"/models/{version.pk}/", "/models/drift/"):
        page.goto(path)
        assert violations(page) == []

    broken = tiny_model()
    with torch.no_grad():
        broken.vision_embed_tokens.bias.fill_(float("nan"))
    send(page, save_checkpoint(tmp_path / "broken", broken))
    page.wait_for_url("**/models/imports/*-*/")
    worker()
    page.reload()
    expect(page.get_by_text("WEIGHTS_NOT_FINITE")).to_be_visible()
    assert ModelVersion.objects.count() == 2
    assert list((data_folder / "models" / "incoming").iterdir()) == []

    (whole / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    send(page, whole)
    expect(page.get_by_text("CHECKPOINT_UNSAFE")).to_be_visible()
    assert violations(page) == []
