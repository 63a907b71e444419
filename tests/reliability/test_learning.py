"""The learning loop with real processes: ask, correct, accept, freeze, train, compare.

The training worker is killed in the middle, with the trainer left behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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


def test_corrections_become_a_candidate_although_the_worker_is_killed(
    office: Office,
) -> None:
    for slide in office.slides:
        correct(office, slide)
    data_set = office.post("/api/v1/data-sets", name="Corrected")
    figures = {
        "epochs": 20,
        "batch_size": 1,
        "save_every": 5,
        "max_length": 512,
        "precision": "float32",
        "learning_rate": 0.01,
    }
    job = office.post(
        JOBS, data_set=data_set["digest"], preset="projector", settings=figures
    )
    path = f"{JOBS}/{job['id']}"
    run = office.stack.data / "training" / job["id"] / "run"
    office.stack.wait(
        "a checkpoint", lambda: list(run.glob("checkpoints/step-????????")), 300
    )
    office.stack.kill("training")
    office.stack.start("training")

    done = office.until("a candidate", path, "succeeded")

    evaluation = done["evaluation"]
    assert evaluation["items"] >= 1
    assert evaluation["active"]["digest"] == done["base"]
    assert evaluation["candidate"]["digest"] == done["model_version"] != done["base"]
    steps = [
        f for f in office.client.get(f"{path}/metrics").json() if "loss" in f["data"]
    ]
    assert {f["step"] for f in steps if f["kind"] == "step"} == set(
        range(1, done["total"] + 1)
    )
    assert not (run / "checkpoints").exists()
