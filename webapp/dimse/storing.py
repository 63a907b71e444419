"""What happens at our end of an association: who calls is checked, objects are kept."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.db import close_old_connections
from pydicom.dataset import Dataset

from dragonfly.errors import DragonflyError
from webapp.dicomweb.sandbox.refusal import (
    COERCED,
    MATCHES_CLASS_NOT,
    NOT_UNDERSTOOD,
    OUT_OF_RESOURCES,
    PROCESSING_FAILURE,
    Refusal,
)
from webapp.dicomweb.store.files import store_file
from webapp.dimse.models import Sender, find_sender

SUCCESS = 0x0000
PERMANENT, TRANSIENT = 1, 2
BY_USER, BY_PROVIDER = 1, 3
CALLING_UNKNOWN, CALLED_UNKNOWN = 3, 7
CONGESTION, LIMIT = 1, 2
COMMENT_CHARACTERS = 64
WARNINGS = {
    COERCED: "It was kept de-identified.",
    MATCHES_CLASS_NOT: "It was kept, though it lacks what its class asks for.",
}
UNEXPECTED = "The fault is ours and has been noted."
Result = TypeVar("Result")
log = logging.getLogger(__name__)
_threads = ThreadPoolExecutor(4, "dimse")
"""Few, however many associations there are: each has a database connection."""


def check_caller(event: Any) -> None:
    """Refuse an association unless its caller is on the list (EVT_REQUESTED)."""
    association = event.assoc
    try:
        refused = _refusal(association)
    except Exception:
        log.exception("Who calls could not be looked up.")
        refused = (TRANSIENT, BY_PROVIDER, CONGESTION)
    if refused:
        log.info("An association was refused: %s.", refused)
        association.acse.send_reject(*refused)
        association.kill()


def _refusal(association: Any) -> tuple[int, int, int] | None:
    """Result, source and diagnostic of PS3.8 table 9-21; None to go on."""
    request = association.requestor.primitive
    callers = [one for one in association.ae.active_associations if one.is_acceptor]
    if len(callers) > settings.DIMSE_MAX_ASSOCIATIONS:
        return TRANSIENT, BY_PROVIDER, LIMIT
    if request.called_ae_title.strip() != association.acceptor.ae_title.strip():
        return PERMANENT, BY_USER, CALLED_UNKNOWN
    title = request.calling_ae_title.strip()
    address = association.requestor.address_info.address
    association.sender = in_thread(find_sender, title, address)
    if association.sender is None:
        return PERMANENT, BY_USER, CALLING_UNKNOWN
    return None


def store(event: Any) -> Dataset:
    """Keep one object (EVT_C_STORE); the status is one of PS3.4 table B.2-1."""
    try:
        return in_thread(_store, event)
    except Refusal as refusal:
        return answer(refusal.reason, refusal.why)
    except DragonflyError as error:
        return answer(OUT_OF_RESOURCES, error.message)
    except Exception:
        log.exception("An object could not be stored.")
        return answer(PROCESSING_FAILURE, UNEXPECTED)


def _store(event: Any) -> Dataset:
    sender: Sender = event.assoc.sender
    path: Path | None = event.request._dataset_path
    if path is None:
        raise Refusal(NOT_UNDERSTOOD, "There is no data set.")
    if path in event.assoc.dimse.too_long:
        event.assoc.dimse.too_long.discard(path)
        raise Refusal(OUT_OF_RESOURCES, "The object is longer than we take.")
    kept = store_file(path, sender.account, f"dimse:{sender.title}", moves=True)
    return answer(kept.warning or SUCCESS, WARNINGS.get(kept.warning, ""))


def answer(status: int, comment: str = "") -> Dataset:
    """A status with a sentence, cut to what (0000,0902) may hold."""
    told = Dataset()
    told.Status = status
    if comment:
        told.ErrorComment = comment[:COMMENT_CHARACTERS]
    return told


def in_thread(function: Callable[..., Result], *arguments: Any) -> Result:
    """In one of our few threads, with a database connection that is alive."""
    return _threads.submit(_fresh, function, *arguments).result()


def _fresh(function: Callable[..., Result], *arguments: Any) -> Result:
    close_old_connections()
    try:
        return function(*arguments)
    finally:
        close_old_connections()
