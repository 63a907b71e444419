"""`make_result`: one kind of object of one question, made and stored once."""

from __future__ import annotations

import logging
import tempfile
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from pydicom.dataset import Dataset

from dragonfly.errors import DragonflyError
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.dicomweb.models import Series
from webapp.dicomweb.sandbox.refusal import Refusal
from webapp.dicomweb.store.files import store_file
from webapp.questions.models import Question
from webapp.results.happened import result_made
from webapp.results.making.said import Said
from webapp.results.making.source import header_of
from webapp.results.models import ResultObject
from webapp.results.services.joining import join
from webapp.reviews.models import Review
from webapp.webhooks.services import announce

Kind = ResultObject.Kind
log = logging.getLogger(__name__)
MAKERS = {
    Kind.SR: ("report", "make_report"),
    Kind.ANN: ("annotations", "make_annotations"),
    Kind.KO: ("key_objects", "make_key_objects"),
    Kind.PDF: ("document", "make_document"),
    Kind.SEG: ("segmentation", "make_segmentation"),
    Kind.SC: ("capture", "make_capture"),
    Kind.PM: ("heat_map", "make_heat_map"),
}
"""Module and function below `webapp.results.making`; loaded when first needed, because
highdicom takes a second to load."""
RETOLD = (Kind.SR, Kind.PDF, Kind.SC)
"""Kinds that tell what a reviewer said."""


def make_result(
    question: Question, kind: str, actor: User | None = None
) -> ResultObject:
    """The newest version of one kind; what was made before is not made again.

    Raises:
        DragonflyError: QUESTION_NOT_ANSWERED, RESULT_NOT_POSSIBLE (with the reason),
            RESULT_SOURCE_UNREADABLE, or as `join`.
    """
    answer = getattr(question, "answer", None)
    if question.state != Question.State.ANSWERED or answer is None:
        raise DragonflyError(
            "QUESTION_NOT_ANSWERED", "Only a question that was answered has results."
        )
    reviews = list(Review.objects.filter(question=question).order_by("created_at"))
    review = reviews[-1] if reviews else None
    version = 1 + len(reviews)
    rows = ResultObject.objects.filter(question=question, kind=kind)
    # A list of regions does not change when somebody reviews the answer.
    made = rows.filter(version=version) if kind in RETOLD else rows
    if (row := made.first()) is not None:
        return row
    said = Said(
        question,
        answer,
        tuple(question.evidence.all()),
        join(question.slide, actor),
        kind,
        version,
        review,
        tuple(header_of(old.instance) for old in rows.order_by("version")),
    )
    return _keep(said, _made(said), actor)


def not_possible(why: str) -> DragonflyError:
    """The one refusal of a kind that this question cannot have."""
    return DragonflyError("RESULT_NOT_POSSIBLE", why)


def _made(said: Said) -> Dataset:
    module, function = MAKERS[Kind(said.kind)]
    make = getattr(import_module(f"webapp.results.making.{module}"), function)
    try:
        made: Dataset = make(said)
    except DragonflyError:
        raise
    except (ValueError, TypeError, AttributeError, LookupError):
        # What a received header says of itself may be anything.
        log.exception("No %s of question %s.", said.kind, said.question.pk)
        raise not_possible(
            "The header of the source image lacks what this kind of result needs."
        ) from None
    return made


def _keep(said: Said, dataset: Dataset, actor: User | None) -> ResultObject:
    """Store the object, then its row.

    Whoever stops in between finds the same object again, for its bytes repeat.
    """
    with tempfile.TemporaryDirectory(dir=settings.DICOM_FOLDER) as folder:
        path = Path(folder, "result.dcm")
        dataset.save_as(path, enforce_file_format=True)
        try:
            stored = store_file(path, said.source.owner, "results", moves=True)
        except Refusal as refusal:
            raise not_possible(f"It could not be stored. {refusal.why}") from None
    series = stored.instance.series
    # It is about a slide and shall not become one.
    Series.objects.filter(pk=series.pk).update(prepared_count=series.instances.count())
    with transaction.atomic():
        row, is_new = ResultObject.objects.get_or_create(
            question=said.question,
            kind=said.kind,
            version=said.version,
            defaults={"instance": stored.instance, "review": said.review},
        )
        if is_new:
            AuditEvent.record("result.make", actor=actor, on=row, kind=row.kind)
            announce(row.question.asker, "result.made", _told(row))
            told = partial(result_made.send_robust, ResultObject, result=row)
            transaction.on_commit(told)
    return row


def _told(row: ResultObject) -> dict[str, Any]:
    """To programs outside: no word of it, and no UID of the study."""
    return {
        "id": str(row.pk),
        "question": str(row.question_id),
        "kind": row.kind,
        "version": row.version,
        "is_verified": row.review_id is not None,
    }
