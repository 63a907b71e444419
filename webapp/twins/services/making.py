"""`make_twin`: have the levels written by a process of its own, and keep them."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import timezone

from dragonfly.errors import DragonflyError
from webapp.audit.models import AuditEvent
from webapp.dicomweb.models import Series
from webapp.dicomweb.removal import remove_instances
from webapp.dicomweb.sandbox.refusal import Refusal
from webapp.dicomweb.store.files import store_file
from webapp.twins.models import Twin
from webapp.twins.writing.order import Order

WRITE_SECONDS = 3600
HELD = timedelta(seconds=WRITE_SECONDS + 900)
State = Twin.State
ROOT = Path(__file__).resolve().parents[3]
log = logging.getLogger(__name__)


def make_twin(twin_id: UUID) -> Twin | None:
    """Write it once; None if somebody else does, or there is nothing to do."""
    now = timezone.now()
    due = Twin.objects.filter(pk=twin_id, state=State.WAITING) | Twin.objects.filter(
        pk=twin_id, state=State.WRITING, next_at__lte=now
    )
    study = f"2.25.{uuid4().int}"
    earlier = Twin.objects.select_related("slide").filter(pk=twin_id).first()
    changed = due.update(
        state=State.WRITING, round=F("round") + 1, next_at=now + HELD,
        study_uid=study, done=0, total=0,
    )  # fmt: skip
    if earlier is None or not changed:
        return None
    remove_instances(earlier.instances)
    twin = Twin.objects.select_related("slide__owner").get(pk=twin_id)
    try:
        _write_and_keep(twin)
    except DragonflyError as error:
        remove_instances(twin.instances)
        _end(twin, State.FAILED, failure_code=error.code, failure_message=error.message)
        return twin
    _end(twin, State.READY)
    return twin


def _end(twin: Twin, state: str, **fields: str) -> None:
    rows = _held(twin)
    if rows.update(state=state, next_at=None, **fields):
        AuditEvent.record(f"twin.{state}", on=twin.slide, study=twin.study_uid)
    twin.refresh_from_db()


def _held(twin: Twin) -> QuerySet[Twin]:
    return Twin.objects.filter(pk=twin.pk, state=State.WRITING, round=twin.round)


def _write_and_keep(twin: Twin) -> None:
    with tempfile.TemporaryDirectory(dir=settings.DICOM_FOLDER) as folder:
        _write(twin, Path(folder))
        files = sorted(Path(folder).glob("*.dcm"), key=lambda file: int(file.stem))
        for file in files:
            _keep(twin, file)


def _keep(twin: Twin, file: Path) -> None:
    try:
        kept = store_file(file, twin.slide.owner, "twin", moves=True)
    except Refusal as refusal:
        raise DragonflyError(
            "TWIN_NOT_KEPT", f"What was written could not be stored. {refusal.why}"
        ) from None
    series = kept.instance.series
    # It is a copy of a slide that is there and shall not become another one.
    Series.objects.filter(pk=series.pk).update(prepared_count=series.instances.count())


def _write(twin: Twin, folder: Path) -> None:
    """Run the writing process to its end.

    Raises:
        DragonflyError: what it says of itself, or TWIN_NOT_WRITTEN.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "webapp.twins.writing"],
        cwd=ROOT,
        # A bare environment: it needs no secret of the site.
        env={"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    late = threading.Timer(WRITE_SECONDS, process.kill)
    late.start()
    try:
        with process:
            told = _follow(twin, process, _order(twin, folder))
    finally:
        late.cancel()
    if process.returncode:
        raise DragonflyError(
            str(told.get("code", "TWIN_NOT_WRITTEN")),
            str(told.get("message", "Writing the slide ended before it was done.")),
        )


def _follow(
    twin: Twin, process: subprocess.Popen[str], order: Order
) -> dict[str, object]:
    """Record its progress; the last thing that it said."""
    assert process.stdin is not None  # noqa: S101 -- a pipe
    assert process.stdout is not None  # noqa: S101 -- a pipe
    told: dict[str, object] = {}
    try:
        # Whatever it died of, its exit status says so.
        with suppress(BrokenPipeError):
            process.stdin.write(order.as_json() + "\n")
            process.stdin.close()
        for line in process.stdout:
            # A line without its end is of a process that was killed.
            told = json.loads(line) if line.endswith("\n") else {}
            if "done" in told:
                _held(twin).update(done=told["done"], total=told["total"])
    except BaseException:
        process.kill()
        raise
    return told


def _order(twin: Twin, folder: Path) -> Order:
    slide = twin.slide
    assert slide.mpp_x is not None  # noqa: S101 -- asked for only then
    assert slide.mpp_y is not None  # noqa: S101
    return Order(
        slide=str(slide.path),
        folder=str(folder),
        mpp_x=slide.mpp_x,
        mpp_y=slide.mpp_y,
        study=twin.study_uid,
        series=f"2.25.{uuid4().int}",
        reference=f"2.25.{uuid4().int}",
        container=slide.pk.hex,
    )
