"""Which version a person's next question goes to."""

from __future__ import annotations

from webapp.accounts.models import User
from webapp.training.models import ModelVersion
from webapp.training.services.activating import active_model_version
from webapp.training.services.trying import open_trial


def version_for(user: User) -> ModelVersion | None:
    """The candidate for those who try it, else the active version.

    None before a worker has told of a model.
    """
    trial = open_trial()
    if trial is not None and trial.includes(user):
        return trial.version
    return active_model_version()
