"""The learning loop with real processes: ask, correct, accept, freeze, train, compare.

In one run the training worker is killed in the middle, with the trainer left behind
it; in another the queue. The same weights come of both, to the last bit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from dragonfly.slide import open_slide
from tests.slides import tissue_picture, write_pyramid
from tests.stack import NAMES, Stack

SLIDES = 4
JOBS = "/api/v1/finetune-jobs"
PREPARE = """
from django.contrib.sessions.backends.db import SessionStore
from webapp.accounts.models import User
from webapp.slides.models import Slide

root = User.objects.create(username="root", role="admin")
session = SessionStore()
session["_auth_user_id"] = str(root.pk)
session["_auth_user_backend"] = "webapp.accounts.authentication.PeopleBackend"
session["_auth_user_hash"] = root.get_session_auth_hash()
session.create()
slides = [
    Slide.objects.create(
        owner=root, name="slide.svs", state="ready", entry=entry, digest=digest,
        width=640, height=512,
    )
    for entry, digest in made
]
result = {"slides": [str(slide.pk) for slide in slides], "session": session.session_key}
"""


@dataclass(frozen=True)
class Office:
    """An administrator at the running product."""

    stack: Stack
    client: httpx.Client
    slides: list[str]

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        response = self.client.post(path, json=body)
        assert response.is_success, response.text
        return dict(response.json())

    def read(self, path: str) -> dict[str, Any]:
        return dict(self.client.get(path).json())

    def until(self, what: str, path: str, *states: str) -> dict[str, Any]:
        """Wait for a record to come to one of these states."""

        def found() -> dict[str, Any] | None:
            now = self.read(path)
            assert now["state"] not in {"failed", "cancelled"} - set(states), now
            return now if now["state"] in states else None

        return dict(self.stack.wait(what, found, 300))


@dataclass(frozen=True)
class Run:
    """One fine-tune job, and the folder that its trainer writes to."""

    office: Office
    job: str

    @property
    def path(self) -> str:
        return f"{JOBS}/{self.job}"

    @property
    def folder(self) -> Path:
        return self.office.stack.data / "training" / self.job / "run"

    def record(self) -> dict[str, Any]:
        return self.office.read(self.path)

    def has_checkpoint(self) -> None:
        """Return in the middle of the training."""
        self.office.stack.wait(
            "a checkpoint",
            lambda: list(self.folder.glob("checkpoints/step-????????")),
            300,
        )

    def done(self) -> Run:
        self.office.until("a candidate", self.path, "succeeded")
        return self


@pytest.fixture
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    settings = {"MAX_NEW_TOKENS": "8", "TRAINING_QUIET_SECONDS": "0.1"}
    with Stack(tmp_path_factory.mktemp("stack"), settings) as stack:
        stack.migrate()
        made = []
        for number in range(SLIDES):
            path = stack.slides / str(number) / "original" / "slide.svs"
            path.parent.mkdir(parents=True)
            write_pyramid(path, tissue_picture(seed=number))
            with open_slide(path) as slide:
                made.append((str(path.relative_to(stack.slides)), slide.digest))
        told = stack.django(PREPARE, made=made)
        stack.start(*NAMES, "training")
        with httpx.Client(
            base_url=stack.url, cookies={"sessionid": told["session"]}, timeout=30
        ) as client:
            token = "c" * 32
            client.cookies.set("csrftoken", token)
            client.headers["X-CSRFToken"] = token
            yield Office(stack, client, told["slides"])


def correct(office: Office, slide: str) -> None:
    """Ask about a slide, correct the answer, accept it, and allow its use."""
    asked = office.post("/api/v1/questions", slide=slide, text="Is there necrosis?")
    question = f"/api/v1/questions/{asked['id']}"
    office.until("an answer", question, "answered")
    review = office.post(
        f"{question}/reviews", verdict="wrong", corrected_answer="Yes, necrosis."
    )
    office.post(f"/api/v1/reviews/{review['id']}/accept")
    use = {"patient": slide, "consent": "given", "is_deidentified": True}
    response = office.client.put(f"/api/v1/slides/{slide}/training-use", json=use)
    assert response.is_success, response.text


def ask_for_job(office: Office, data_set: str) -> Run:
    figures = {
        "epochs": 6,
        "batch_size": 1,
        "save_every": 2,
        "max_length": 512,
        "precision": "float32",
        "learning_rate": 0.01,
    }
    job = office.post(
        JOBS, data_set=data_set, preset="projector", settings=figures, title="Learned"
    )
    return Run(office, job["id"])


def test_the_same_candidate_comes_of_it_whatever_is_killed_on_the_way(
    office: Office,
) -> None:
    for slide in office.slides:
        correct(office, slide)
    data_set = office.post("/api/v1/data-sets", name="Corrected")["digest"]

    resumed = ask_for_job(office, data_set)
    resumed.has_checkpoint()
    office.stack.kill("training")
    office.stack.start("training")
    check(resumed.done())

    without_queue = ask_for_job(office, data_set)
    without_queue.has_checkpoint()
    office.stack.kill("valkey")
    assert without_queue.record()["state"] in {"training", "evaluating"}
    office.stack.start("valkey")
    check(without_queue.done())

    # Its trainer never stopped: the queue alone was away.
    written = (without_queue.folder / "metrics.jsonl").read_text().splitlines()
    steps = [json.loads(each) for each in written]
    made = [each["step"] for each in steps if each["kind"] == "step"]
    assert made == list(range(1, without_queue.record()["total"] + 1))
    assert without_queue.record()["model_version"] == resumed.record()["model_version"]


def check(run: Run) -> None:
    """Compared with what it came from, every step told, and the disk let go."""
    done = run.record()
    evaluation = done["evaluation"]
    assert evaluation["items"] >= 1
    assert evaluation["active"]["digest"] == done["base"]
    assert evaluation["candidate"]["digest"] == done["model_version"] != done["base"]
    told = run.office.client.get(f"{run.path}/metrics").json()
    steps = {f["step"] for f in told if f["kind"] == "step" and "loss" in f["data"]}
    assert steps == set(range(1, done["total"] + 1))
    assert not (run.folder / "checkpoints").exists()
