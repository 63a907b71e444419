"""C-STORE as its user: the object goes as it lies on the disk (PS3.4 annex B)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from pydicom.dataset import Dataset
from pynetdicom import _config
from pynetdicom.ae import ApplicationEntity
from pynetdicom.presentation import PresentationContext, build_context

from webapp.delivery.models import Destination
from webapp.delivery.sending.outcome import Outcome, of_status
from webapp.delivery.sending.place import find_address
from webapp.delivery.sending.trust import tls_context
from webapp.dicomweb.models import Instance

VERIFICATION = "1.2.840.10008.1.1"
CONNECT_SECONDS = 10
ANSWER_SECONDS = 60
"""Of silence, while the destination takes the object in."""
NO_ANSWER = "It does not answer at this host and port."
REJECTIONS = {
    (1, 3): "It does not know our AE title: name us there.",
    (1, 7): "It has another AE title than the one that is named here.",
}


def send(destination: Destination, instance: Instance, *, asks: bool) -> Outcome:
    """One try; storing the same object again changes nothing there (PS3.4 B.2.2)."""
    _config.STORE_SEND_CHUNKED_DATASET = True
    context = build_context(instance.sop_class, [instance.transfer_syntax])
    with associated(destination, [context]) as association:
        if refused := why_not(association, instance.sop_class):
            return refused
        try:
            answer: Dataset = association.send_c_store(instance.path)
        except (RuntimeError, ValueError, AttributeError):
            return Outcome.parked("The object cannot be sent by C-STORE as it is.")
    if "Status" not in answer:
        return Outcome.later("It did not say what became of the object.")
    return of_status(answer.Status, str(answer.get("ErrorComment", "")))


def try_out(destination: Destination) -> Outcome:
    """A C-ECHO."""
    with associated(destination, [build_context(VERIFICATION)]) as association:
        if refused := why_not(association, VERIFICATION):
            return refused
        answer: Dataset = association.send_c_echo()
    if answer.get("Status") == 0x0000:
        return Outcome.delivered()
    return Outcome.later("It did not answer the echo.")


@contextmanager
def associated(
    destination: Destination, contexts: list[PresentationContext], **options: Any
) -> Iterator[Any]:
    """An association, which may have been refused: `why_not` says.

    Raises:
        DragonflyError: DESTINATION_ADDRESS, DESTINATION_CERTIFICATE.
        InvalidToken: the site's key has changed since.
    """
    port = destination.port or 0
    address = find_address(destination.host, port)
    entity = ApplicationEntity(settings.DIMSE_AE_TITLE)
    entity.connection_timeout = entity.acse_timeout = CONNECT_SECONDS
    entity.network_timeout = entity.dimse_timeout = ANSWER_SECONDS
    tls = (tls_context(destination), destination.host) if destination.uses_tls else None
    association = entity.associate(
        str(address),
        port,
        contexts=contexts,
        ae_title=destination.title,
        tls_args=tls,
        **options,
    )
    try:
        yield association
    finally:
        if association.is_established:
            association.release()
        association.dul.join(CONNECT_SECONDS)
        # The library leaves it open where the other side was the one to end.
        if (left := association.dul.socket) and left.socket:
            left.socket.close()


def why_not(association: Any, sop_class: str) -> Outcome | None:
    """None if this association can be used for the SOP class."""
    if association.is_rejected:
        told = association.acceptor.primitive
        words = REJECTIONS.get((told.result_source, told.diagnostic))
        if told.result == 1:
            return Outcome.parked(words or "It refused the association for good.")
        return Outcome.later("It refused the association for now.")
    accepted = {one.abstract_syntax for one in association.accepted_contexts}
    # An acceptor that takes no context at all is aborted by the library.
    if association.rejected_contexts and sop_class not in accepted:
        return Outcome.parked("It does not take this kind of object as it is encoded.")
    return None if association.is_established else Outcome.later(NO_ANSWER)
