"""Starts listening when Django is ready."""

from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Jobs."""

    name = "webapp.jobs"

    def ready(self) -> None:
        """Connect the receivers by importing them."""
        from webapp.jobs import listening  # noqa: F401
