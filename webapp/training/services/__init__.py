"""What happens to model versions; nothing else writes their rows."""

from webapp.training.services.activating import (
    activate_model_version,
    active_model_version,
    roll_back,
)
from webapp.training.services.choosing import version_for
from webapp.training.services.deleting import delete_model_version
from webapp.training.services.importing import (
    begin_upload,
    cancel_import,
    import_folder,
    receive,
    submit_upload,
)
from webapp.training.services.inspecting import record_inspection
from webapp.training.services.recording import record_found_model
from webapp.training.services.requesting import approve, ask_for_activation, refuse
from webapp.training.services.sweeping import sweep_imports
from webapp.training.services.trying import end_trial, open_trial

__all__ = [
    "activate_model_version",
    "active_model_version",
    "approve",
    "ask_for_activation",
    "begin_upload",
    "cancel_import",
    "delete_model_version",
    "end_trial",
    "import_folder",
    "open_trial",
    "receive",
    "record_found_model",
    "record_inspection",
    "refuse",
    "roll_back",
    "submit_upload",
    "sweep_imports",
    "version_for",
]
