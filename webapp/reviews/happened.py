"""What happened to a review, for the parts above that this one must not know."""

from __future__ import annotations

from django.dispatch import Signal

review_written = Signal()
"""`review`: a new version of a person's judgement; its row is committed.

Sent once at most; a receiver that must not miss one looks at the rows by the clock too.
"""
