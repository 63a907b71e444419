"""Starts listening when Django is ready."""

from __future__ import annotations

from django.apps import AppConfig


class RulesConfig(AppConfig):
    """Rules."""

    name = "webapp.rules"

    def ready(self) -> None:
        """Connect the receivers by importing them."""
        from webapp.rules import listening  # noqa: F401
