"""The environment of the command line, read in this one place."""

import os

MODEL_VARIABLE = "DRAGONFLY_MODEL"


def model_from_environment() -> str | None:
    """The checkpoint folder named by DRAGONFLY_MODEL, if any."""
    return os.environ.get(MODEL_VARIABLE) or None
