"""What happened to a job, for the parts above that this one must not know."""

from __future__ import annotations

from django.dispatch import Signal

job_ended = Signal()
"""`job`: succeeded, failed or cancelled; its row is committed."""
