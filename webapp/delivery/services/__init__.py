"""What changes a delivery; nothing else writes its row."""

from webapp.delivery.services.delivering import deliver, deliver_due, replay
from webapp.delivery.services.enqueuing import deliverable_to, enqueue

__all__ = ["deliver", "deliver_due", "deliverable_to", "enqueue", "replay"]
