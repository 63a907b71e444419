"""Starts listening when Django is ready."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit."""

    name = "webapp.audit"

    def ready(self) -> None:
        """Connect the receivers by importing them."""
        from webapp.audit import sign_in  # noqa: F401
