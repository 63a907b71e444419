"""The application's start."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class FineTuningConfig(AppConfig):
    """Tells the registry what comparisons found."""

    name = "webapp.finetuning"

    def ready(self) -> None:
        """Register it."""
        import_module("webapp.finetuning.gate")
        import_module("webapp.finetuning.card")
