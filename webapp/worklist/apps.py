"""Starts listening when Django is ready."""

from __future__ import annotations

from django.apps import AppConfig


class WorklistConfig(AppConfig):
    """Workitems."""

    name = "webapp.worklist"

    def ready(self) -> None:
        """Connect the receivers by importing them."""
        from webapp.worklist import listening  # noqa: F401
