"""Recording the models that workers tell of."""

from __future__ import annotations

from dragonfly.errors import DragonflyError
from inference_worker.messages import ModelFound
from webapp.audit.models import AuditEvent
from webapp.training.models import ModelVersion
from webapp.training.services.activating import activate_model_version

State = ModelVersion.State


def record_found_model(found: ModelFound) -> ModelVersion:
    """Record the model that a worker told of; a known digest changes nothing.

    The first version of a site becomes active, so that it can answer at all; every
    later one waits for a person.
    """
    version, is_new = ModelVersion.objects.get_or_create(
        digest=found.digest,
        defaults={
            "name": found.name,
            "path": found.path,
            "variant": found.variant,
            "note": found.note,
            "card_text": found.card,
        },
    )
    if found.card and not version.card_text:
        # Known before workers told of cards.
        ModelVersion.objects.filter(pk=version.pk).update(card_text=found.card)
    if is_new:
        AuditEvent.record("model.find", on=version, name=version.name)
        activate_if_first(version)
    return version


def activate_if_first(version: ModelVersion) -> None:
    """Activate it unless another is active; two workers may try at once."""
    if ModelVersion.objects.filter(state=State.ACTIVE).exists():
        return
    try:
        activate_model_version(version, replacing=None)
    except DragonflyError:
        return
