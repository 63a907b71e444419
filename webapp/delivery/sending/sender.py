"""`send_object`: one try, by the destination's own kind."""

from __future__ import annotations

from cryptography.fernet import InvalidToken

from dragonfly.errors import DragonflyError
from webapp.delivery.models import Destination
from webapp.delivery.sending import dimse, stow
from webapp.delivery.sending.outcome import Outcome
from webapp.dicomweb.exporting.leaving import leaving
from webapp.dicomweb.models import Instance
from webapp.dicomweb.sandbox.refusal import Refusal

UNREADABLE = (
    "Its password or key cannot be read: the site's key has changed. Enter them again."
)


def send_object(destination: Destination, instance: Instance, *, asks: bool) -> Outcome:
    """Try to deliver; nothing that the other side does raises.

    Args:
        asks: it was tried before, so ask first whether the object is there.
    """
    if not instance.path.is_file():
        return Outcome.parked("The object is no longer here.")
    is_stow = destination.kind == Destination.Kind.STOW
    send = stow.send if is_stow else dimse.send
    try:
        with leaving(instance) as outgoing:
            return send(destination, outgoing, asks=asks)
    except Refusal as withheld:
        return Outcome.parked(withheld.why)
    except DragonflyError as refused:
        return Outcome.parked(refused.message)
    except InvalidToken:
        return Outcome.parked(UNREADABLE)


def try_out(destination: Destination) -> Outcome:
    """Whether it answers us: a C-ECHO, or a search that asks for one study."""
    is_stow = destination.kind == Destination.Kind.STOW
    try:
        return stow.try_out(destination) if is_stow else dimse.try_out(destination)
    except DragonflyError as refused:
        return Outcome.parked(refused.message)
    except InvalidToken:
        return Outcome.parked(UNREADABLE)
