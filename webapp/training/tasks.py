"""What workers tell of models, from the web queue."""

from __future__ import annotations

from typing import Any

from inference_worker.messages import RECORD_MODEL, ModelFound
from webapp.celery import app
from webapp.training.services import record_found_model


@app.task(name=RECORD_MODEL)  # type: ignore[untyped-decorator]
def record_model(**fields: Any) -> None:
    """Every worker tells at each start; only the first time counts."""
    record_found_model(ModelFound(**fields))
