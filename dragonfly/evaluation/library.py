"""Loads a library only when a score needs it, and says which one is missing.

Scoring a yes/no file must not wait for, nor require, a captioning library.
"""

import importlib
from types import ModuleType

from dragonfly.evaluation.errors import EvaluationError


def need(module: str) -> ModuleType:
    """Import `module`.

    Raises:
        EvaluationError: `EVALUATION_LIBRARY_MISSING` with what to install.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise EvaluationError(
            "EVALUATION_LIBRARY_MISSING",
            f"This score needs the Python library '{module.partition('.')[0]}'. "
            'Install it with: pip install "dragonfly-pathology[train]"',
        ) from error
