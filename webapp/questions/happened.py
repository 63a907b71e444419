"""What happened to a question, for the parts above that this one must not know."""

from __future__ import annotations

from django.dispatch import Signal

question_ended = Signal()
"""`question`: answered, stopped or failed; its row is committed.

Sent once at most, by the process that recorded the end; a receiver that must not miss
one looks at the rows by the clock too.
"""
