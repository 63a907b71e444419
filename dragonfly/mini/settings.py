"""The environment of Dragonfly-mini, read in this one place."""

import os
from pathlib import Path

CACHE_VARIABLE = "DRAGONFLY_CACHE"


def cache_folder() -> Path:
    """Where joined checkpoints are kept: $DRAGONFLY_CACHE, or the user's cache."""
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named) if named else Path.home() / ".cache" / "dragonfly" / "models"
