"""`python -m inference_worker.training`: take fine-tune jobs until stopped."""

from __future__ import annotations

import logging
import sys

from inference_worker.app import app
from inference_worker.messages import TRAINING_QUEUE
from inference_worker.settings import worker_settings
from inference_worker.training import tasks  # noqa: F401 -- known to the app


def main() -> int:
    """Run until a signal."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    app.worker_main(
        [
            "worker",
            "--pool=solo",
            f"--queues={TRAINING_QUEUE}",
            f"--hostname=training-{worker_settings().name}@%h",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
            "--loglevel=INFO",
        ]
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
