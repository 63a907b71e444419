"""Versions of what computed an answer."""

import platform
from functools import cache
from importlib.metadata import version

PACKAGES = (
    "dragonfly-pathology",
    "torch",
    "transformers",
    "openslide-python",
    "openslide-bin",
    "pillow",
    "numpy",
)


@cache
def library_versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {
        name: version(name) for name in PACKAGES
    }
