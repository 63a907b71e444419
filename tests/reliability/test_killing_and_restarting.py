"""Whatever is killed in the middle of an answer, the answer arrives whole and once."""

from __future__ import annotations

import os
import time
from pathlib import Path

import httpx
import pytest
from websockets import Origin
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.reliability.conftest import Site, View
from tests.slides import tissue_picture, write_pyramid
from tests.stack import PATIENCE_S


def whole_text(site: Site, asked: dict[str, str]) -> str:
    """The recorded answer, once it is there."""

    def answered() -> str:
        question = site.question(asked)
        assert question["state"] not in {"failed", "stopped"}, question["failure"]
        return str(question["answer"]["text"]) if question["answer"] else ""

    return str(site.stack.wait("the answer is recorded", answered))


def test_an_answer_arrives_in_pieces_and_is_recorded(site: Site, view: View) -> None:
    asked = site.ask("What tissue is this?")
    with site.watch(asked) as socket:
        end = view.until(socket, "answered")
    assert view.text == whole_text(site, asked) == end["text"]
    assert len(view.text) > 1000


def test_a_killed_worker_costs_no_token_and_doubles_none(
    site: Site, view: View
) -> None:
    asked = site.ask("Is there necrosis?")
    with site.watch(asked) as socket:
        view.until(socket, "text")
        site.stack.kill("worker")
        begun = view.text
        site.stack.start("worker")
        view.until(socket, "answered")
    assert view.attempt == 2
    assert view.text == whole_text(site, asked)
    assert view.text.startswith(begun)


def test_a_restarted_queue_costs_no_token_and_doubles_none(
    site: Site, view: View
) -> None:
    asked = site.ask("Are there mitoses?")
    with site.watch(asked) as socket:
        view.until(socket, "text")
        site.stack.kill("valkey")
        site.stack.start("valkey")
        view.until(socket, "answered")
    assert view.attempt == 1
    assert view.text == whole_text(site, asked)


def test_a_restarted_web_process_costs_no_token_and_doubles_none(
    site: Site, view: View
) -> None:
    asked = site.ask("Is there mucin?")
    try:
        with site.watch(asked) as socket:
            view.until(socket, "text")
            site.stack.kill("web")
            while True:
                view.take(socket.recv(timeout=PATIENCE_S))
    except ConnectionClosed:
        begun = view.text
    site.stack.start("web")
    with site.watch(asked, view.last) as socket:
        view.until(socket, "answered")
    assert view.text == whole_text(site, asked)
    assert view.text.startswith(begun)


def test_stop_frees_the_worker_in_two_seconds_and_keeps_the_text(
    site: Site, view: View
) -> None:
    asked = site.ask("Is there inflammation?")
    with site.watch(asked) as socket:
        view.until(socket, "text")
        started = time.monotonic()
        stopped = site.client.post(f"/api/v1/questions/{asked['id']}/stop")
        assert stopped.status_code == 200, stopped.text
        site.stack.wait("the worker is idle", lambda: is_idle(site))
        assert time.monotonic() - started < 2 * slowness()
        view.until(socket, "stopped")
    question = site.question(asked)
    assert question["state"] == "stopped"
    assert question["partial_text"] == view.text != ""


def slowness() -> float:
    """How often each processor is asked for at once; 1 where nothing else runs."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def is_idle(site: Site) -> bool:
    workers = site.client.get("/api/v1/workers").json()["workers"]
    return [worker["state"] for worker in workers] == ["idle"]


def test_a_question_asked_while_no_worker_runs_is_answered_later(
    site: Site, view: View
) -> None:
    site.stack.kill("worker")
    asked = site.ask("Is there fibrosis?")
    assert asked["queue"]["place"] == 1
    site.stack.start("worker")
    with site.watch(asked) as socket:
        view.until(socket, "answered")
    assert view.text == whole_text(site, asked)


def test_an_upload_that_ends_while_the_queue_is_away_becomes_a_slide(
    site: Site, tmp_path: Path
) -> None:
    write_pyramid(tmp_path / "late.svs", tissue_picture(300, 200))
    site.stack.kill("valkey")
    try:
        slide = upload(site, tmp_path / "late.svs")
    finally:
        site.stack.start("valkey")
    site.stack.wait("the slide is ready", lambda: state_of(site, slide) == "ready")


def test_a_question_asked_while_the_queue_is_away_is_answered_later(
    site: Site, view: View
) -> None:
    site.stack.kill("valkey")
    try:
        asked = site.ask("Is there an ulcer?")
    finally:
        site.stack.start("valkey")
    with site.watch(asked) as socket:
        view.until(socket, "answered")
    assert view.text == whole_text(site, asked)


def upload(site: Site, file: Path) -> str:
    """The id of the slide that it will be."""
    sent = {"file": (file.name, file.read_bytes())}
    reply = site.client.post("/api/v1/uploads", files=sent)
    assert reply.status_code == 201, reply.text
    return str(reply.json()["slide"])


def state_of(site: Site, slide: str) -> str:
    found = site.client.get(f"/api/v1/slides/{slide}").json()
    assert found["state"] != "failed", found
    return str(found["state"])


def test_a_stranger_gets_404_for_the_socket(site: Site) -> None:
    url = f"{site.stack.socket_url}/ws/questions/{site.ask('Why?')['id']}"
    with (
        pytest.raises(InvalidStatus) as refused,
        connect(url, origin=Origin(site.stack.url)),
    ):
        pass
    assert refused.value.response.status_code == 404


def test_health_tells_that_all_parts_answer(site: Site) -> None:
    health = httpx.get(f"{site.stack.url}/api/v1/health", timeout=60).json()
    assert (health["web"], health["database"], health["queue"]) == ("ok", "ok", "ok")
