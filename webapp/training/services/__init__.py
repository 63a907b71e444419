"""What happens to model versions; nothing else writes their rows."""

from webapp.training.services.activating import (
    activate_model_version,
    active_model_version,
    roll_back,
)
from webapp.training.services.choosing import version_for
from webapp.training.services.recording import record_found_model
from webapp.training.services.requesting import approve, ask_for_activation, refuse
from webapp.training.services.trying import end_trial, open_trial

__all__ = [
    "activate_model_version",
    "active_model_version",
    "approve",
    "ask_for_activation",
    "end_trial",
    "open_trial",
    "record_found_model",
    "refuse",
    "roll_back",
    "version_for",
]
