"""What changes an endpoint or a delivery; nothing else writes their rows."""

from webapp.webhooks.services.announcing import announce
from webapp.webhooks.services.delivering import deliver, deliver_due, replay
from webapp.webhooks.services.endpoints import (
    change_endpoint,
    create_endpoint,
    enable_endpoint,
    rotate_secret,
)

__all__ = [
    "announce",
    "change_endpoint",
    "create_endpoint",
    "deliver",
    "deliver_due",
    "enable_endpoint",
    "replay",
    "rotate_secret",
]
