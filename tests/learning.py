"""The learning loop with real processes, and administrators at it.

    with learning(folder) as office:
        correct(office, office.slides[0])
        office.stack.kill("training")

The checkpoint is tiny, and so are the slides.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.slides import tissue_picture, write_pyramid
from tests.stack import TINY_CHECKPOINT, Stack

SLIDES = 4
QUESTION = "Is there necrosis?"
ANSWER = "Yes."
PREPARE = """
from pathlib import Path
from django.contrib.sessions.backends.db import SessionStore
from webapp.accounts.models import User
from webapp.slides.services import add_slide

def signed_in(name):
    user = User.objects.create(username=name, role="admin")
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = "webapp.accounts.authentication.PeopleBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.create()
    return user, session.session_key

root, first = signed_in("root")
_, second = signed_in("vera")
slides = [add_slide(root, Path(file), Path(file).name) for file in files]
result = {"slides": [str(slide.pk) for slide in slides], "sessions": [first, second]}
"""


@dataclass(frozen=True)
class Office:
    """An administrator at the running product."""

    stack: Stack
    client: httpx.Client
    slides: list[str]
    sessions: list[str]
    """Of two administrators; the client has the first one's."""

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


@contextmanager
def learning(
    folder: Path, slides: int = SLIDES, model: Path = TINY_CHECKPOINT
) -> Iterator[Office]:
    """Everything started, with slides of different patients, and nobody asking."""
    settings = {"MAX_NEW_TOKENS": "8", "TRAINING_QUIET_SECONDS": "0.1"}
    with Stack(folder, settings, model) as stack:
        stack.migrate()
        files = [folder / f"{number}.svs" for number in range(slides)]
        for number, file in enumerate(files):
            write_pyramid(file, tissue_picture(seed=number))
        stack.start("valkey")
        told = stack.django(PREPARE, files=files)
        stack.start("web", "clock", "worker", "training")
        token = "c" * 32
        with httpx.Client(
            base_url=stack.url,
            cookies={"sessionid": told["sessions"][0], "csrftoken": token},
            headers={"X-CSRFToken": token},
            timeout=30,
        ) as client:
            office = Office(stack, client, told["slides"], told["sessions"])
            for slide in office.slides:
                path = f"/api/v1/slides/{slide}"
                office.until("a slide", path, "ready", "ready_with_notes")
            yield office


def correct(office: Office, slide: str) -> None:
    """Ask about a slide, correct the answer, accept it, and allow its use."""
    review = review_one(office, slide, QUESTION, ANSWER)
    office.post(f"/api/v1/reviews/{review['id']}/accept")
    allow(office, slide)


def review_one(office: Office, slide: str, text: str, right: str) -> dict[str, Any]:
    """Ask about a slide, and say what would have been right."""
    asked = office.post("/api/v1/questions", slide=slide, text=text)
    question = f"/api/v1/questions/{asked['id']}"
    office.until("an answer", question, "answered")
    return office.post(f"{question}/reviews", verdict="wrong", corrected_answer=right)


def allow(office: Office, slide: str) -> None:
    """Its patient agrees to learning, and its pixels show no name."""
    use = {"patient": slide, "consent": "given", "is_deidentified": True}
    response = office.client.put(f"/api/v1/slides/{slide}/training-use", json=use)
    assert response.is_success, response.text
