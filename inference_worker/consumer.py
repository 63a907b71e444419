"""What takes messages off the queue, and outlives the loss of it."""

from __future__ import annotations

import logging

from celery.worker.consumer import Consumer

logger = logging.getLogger(__name__)


class LastingConsumer(Consumer):  # type: ignore[misc]
    """Celery's, which connects again even if it held a message when the queue went."""

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Let go of the lost connection.

        kombu 5.7 forgets the address of a connection that it collects and then wants to
        give back, over that connection, what was not acknowledged. The AttributeError
        of it would end the worker.
        """
        try:
            super().on_connection_error_after_connected(exc)
        except AttributeError as lost:
            logger.warning("A message was held when the queue was lost: %s", lost)
