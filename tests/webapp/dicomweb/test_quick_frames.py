"""Frames that lie ready are answered in front of Django, and no differently."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connections
from pydicom.dataset import Dataset

from tests.webapp.dicomweb.stow import Reply, Stow, picture
from tests.webapp.dicomweb.wado import client_of, place
from tests.webapp.factories import make_user
from webapp.accounts.models import ApiToken, User
from webapp.audit.models import AuditEvent
from webapp.dicomweb.retrieve.quick import FrameApplication

OCTETS = 'multipart/related; type="application/octet-stream"'


class Elsewhere(Exception):  # noqa: N818 -- what the next application would answer
    """The request was left to Django."""


@dataclass
class Quick:
    """The application with a token of one user."""

    application: FrameApplication
    token: str

    def get(self, path: str, method: str = "GET", **headers: str) -> Reply:
        fields = {"Host": "testserver", "Authorization": f"Bearer {self.token}"}
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": [
                (k.lower().encode(), v.encode()) for k, v in (fields | named).items()
            ],
        }
        return asyncio.run(self._answer(scope))

    async def _answer(self, scope: dict[str, Any]) -> Reply:
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def keep(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.application(scope, receive, keep)
        fields = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
        return Reply(sent[0]["status"], fields, sent[1]["body"])


async def _elsewhere(scope: object, receive: object, send: object) -> None:
    raise Elsewhere


@pytest.fixture
def application(transactional_db: None) -> Iterator[FrameApplication]:
    application = FrameApplication(_elsewhere)
    threads = ThreadPoolExecutor(1)
    application._threads = threads
    yield application
    threads.submit(connections.close_all).result()
    application.close()


def quick(application: FrameApplication, user: User) -> Quick:
    return Quick(application, ApiToken.issue(user, "test")[1])


@pytest.fixture
def dataset() -> Dataset:
    return picture()


@pytest.fixture
def alice(application: FrameApplication, stow: Stow, dataset: Dataset) -> Quick:
    assert stow.store(dataset).status == 200
    return quick(application, User.objects.get(username="alice"))


def test_it_gives_the_bytes_that_are_stored(alice: Quick, dataset: Dataset) -> None:
    reply = alice.get(place(dataset, "frames", "1"), Accept="application/octet-stream")
    assert reply.status == 200
    assert reply.body == dataset.PixelData


def test_it_says_what_django_says(alice: Quick, dataset: Dataset) -> None:
    path = place(dataset, "frames", "1")
    theirs = client_of(User.objects.get(username="alice")).get(
        path, headers={"accept": OCTETS}
    )
    ours = alice.get(path, Accept=OCTETS)
    assert ours.headers["etag"] == theirs.headers["ETag"]
    boundary = ours.headers["content-type"].rpartition("boundary=")[2]
    other = theirs.headers["Content-Type"].rpartition("boundary=")[2]
    their_body = b"".join(theirs).replace(other.encode(), boundary.encode())
    assert ours.body == their_body


def test_a_client_that_has_it_is_told_so(alice: Quick, dataset: Dataset) -> None:
    path = place(dataset, "frames", "1")
    tag = alice.get(path).headers["etag"]
    again = alice.get(path, If_None_Match=tag)
    assert (again.status, again.body) == (304, b"")


def test_head_has_no_body(alice: Quick, dataset: Dataset) -> None:
    reply = alice.get(place(dataset, "frames", "1"), "HEAD")
    assert (reply.status, reply.body) == (200, b"")
    assert int(reply.headers["content-length"]) > 64


@pytest.mark.parametrize("numbers", ["0", "2", "1,1", ",", "999999"])
def test_what_is_refused_is_left_to_django(
    alice: Quick, dataset: Dataset, numbers: str
) -> None:
    with pytest.raises(Elsewhere):
        alice.get(place(dataset, "frames", numbers))


def test_a_stranger_is_left_to_django(
    alice: Quick, application: FrameApplication, dataset: Dataset
) -> None:
    alice.get(place(dataset, "frames", "1"))
    with pytest.raises(Elsewhere):
        quick(application, make_user("bob")).get(place(dataset, "frames", "1"))


def test_a_wrong_token_is_left_to_django(
    alice: Quick, application: FrameApplication, dataset: Dataset
) -> None:
    with pytest.raises(Elsewhere):
        Quick(application, "dragonfly_wrong").get(place(dataset, "frames", "1"))


def test_each_answer_is_in_the_audit(
    alice: Quick, application: FrameApplication, dataset: Dataset
) -> None:
    alice.get(place(dataset, "frames", "1"))
    alice.get(place(dataset, "frames", "1"))
    application._audit._send()
    application._audit._thread.submit(lambda: None).result()
    events = AuditEvent.objects.filter(action="dicom.frames")
    assert [event.details["instance"] for event in events] == [
        dataset.SOPInstanceUID
    ] * 2
    assert {event.actor and event.actor.username for event in events} == {"alice"}


def test_a_label_is_left_to_the_view_that_knows_whom_it_is_for(
    application: FrameApplication, stow: Stow
) -> None:
    label = picture(ImageType=["ORIGINAL", "PRIMARY", "LABEL", "NONE"])
    assert stow.store(label).status == 200
    owner = quick(application, User.objects.get(username="alice"))
    with pytest.raises(Elsewhere):
        owner.get(place(label, "frames", "1"))
