"""What a dead worker or a silent queue left is found by the clock."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from tests.slides import write_pyramid
from tests.valkey import free_port
from tests.webapp.database import database_url
from tests.webapp.factories import make_slide, make_user
from tests.webapp.ingest.arriving import waiting
from webapp import broker
from webapp.accounts.models import User
from webapp.celery import app
from webapp.slides.ingest import sweeping
from webapp.slides.ingest.lease import lease
from webapp.slides.ingest.queue import send_ingest
from webapp.slides.ingest.steps import MOST_ATTEMPTS, OPEN
from webapp.slides.ingest.sweeping import sweep_slides
from webapp.slides.models import Slide
from webapp.slides.tasks import sweep, tidy

LOAD = """
import os, time, django
os.environ["DJANGO_SETTINGS_MODULE"] = "webapp.settings"
django.setup()
from webapp.celery import app
from webapp.slides.ingest import steps
"""
# An ingest that is sure to be under way when its worker dies.
STUCK = "steps.digest_files = lambda *_: time.sleep(600)\n"
WORK = "app.worker_main(['worker', '--pool=solo', '--queues=web', '--without-mingle'])"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[uuid.UUID]:
    found: list[uuid.UUID] = []

    def send(slide_id: uuid.UUID) -> bool:
        found.append(slide_id)
        return True

    monkeypatch.setattr(sweeping, "send_ingest", send)
    return found


def quiet(owner: User, **fields: object) -> Slide:
    slide = make_slide(owner, **({"state": Slide.State.CHECKING} | fields))
    long_ago = timezone.now() - timedelta(minutes=5)
    Slide.objects.filter(pk=slide.pk).update(updated_at=long_ago)
    return slide


@pytest.mark.usefixtures("valkey")
def test_a_lost_ingest_is_sent_again_but_not_at_every_tick(
    alice: User, sent: list[uuid.UUID]
) -> None:
    slide = quiet(alice)
    make_slide(alice, state=Slide.State.CHECKING)
    quiet(alice, state=Slide.State.READY)
    assert sweep_slides() == 1
    assert sweep_slides() == 0
    assert sent == [slide.id]


@pytest.mark.usefixtures("valkey")
def test_one_that_somebody_prepares_is_left_alone(
    alice: User, sent: list[uuid.UUID]
) -> None:
    slide = quiet(alice, state=Slide.State.PREPARING)
    with lease(slide.id):
        assert sweep_slides() == 0
    assert sent == []


@pytest.mark.usefixtures("valkey")
def test_one_that_keeps_killing_its_worker_is_given_up(
    alice: User, sent: list[uuid.UUID]
) -> None:
    slide = quiet(alice, ingest_attempts=MOST_ATTEMPTS)
    assert sweep_slides() == 1
    slide.refresh_from_db()
    assert (slide.state, slide.failure_code) == ("failed", "INGEST_LOST")
    assert sent == []


@pytest.mark.usefixtures("valkey")
def test_the_clock_knows_both_tasks() -> None:
    names = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert {"webapp.slides.sweep", "webapp.slides.tidy"} <= names


@pytest.mark.usefixtures("valkey", "db")
def test_the_clocks_tasks_run_on_an_empty_site() -> None:
    sweep()
    tidy()


def test_a_silent_queue_costs_a_page_little_time(
    alice: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    broker.connection.cache_clear()
    started = time.monotonic()
    assert not send_ingest(make_slide(alice).id)
    broker.connection.cache_clear()
    assert time.monotonic() - started < 5


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_loses_no_slide(
    valkey: str, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real web worker dies by SIGKILL in mid-ingest; the next one finishes it."""
    write_pyramid(tmp_path / "a.svs")
    slide = waiting(make_user("alice"), tmp_path / "a.svs")
    settings_of_worker = {
        **os.environ,  # noqa: TID251 -- handed on to the worker
        "REDIS_URL": valkey,
        "DRAGONFLY_DATA": str(tmp_path),
        "DATABASE_URL": database_url(),
    }
    worker = start_worker(settings_of_worker, STUCK)
    try:
        send_ingest(slide.id)
        wait_until(lambda: Slide.objects.get().ingest_attempts == 1)
    finally:
        worker.kill()
        worker.wait()
    broker.connection().flushall()
    assert Slide.objects.get().state in OPEN
    Slide.objects.update(updated_at=timezone.now() - timedelta(minutes=5))
    assert sweep_slides() == 1
    worker = start_worker(settings_of_worker)
    try:
        wait_until(lambda: Slide.objects.get().state == Slide.State.READY)
    finally:
        worker.terminate()
        worker.wait()


def start_worker(
    environment: dict[str, str], first: str = ""
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", f"{LOAD}{first}{WORK}"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_until(condition: object, seconds: float = 60) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "It did not come to that."
        time.sleep(0.02)
