"""Starts listening when Django is ready."""

from __future__ import annotations

from django.apps import AppConfig


class ResultsConfig(AppConfig):
    """Result objects."""

    name = "webapp.results"

    def ready(self) -> None:
        """Connect the receivers by importing them."""
        from webapp.results import listening  # noqa: F401
