"""One try at one object: what is sent, and what the answer means."""

from webapp.delivery.sending.outcome import Outcome
from webapp.delivery.sending.sender import send_object, try_out

__all__ = ["Outcome", "send_object", "try_out"]
