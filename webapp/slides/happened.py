"""What happened to a slide, for the parts above that this one must not know."""

from __future__ import annotations

from django.dispatch import Signal

slide_settled = Signal()
"""`slide`: its preparing has come to an end, ready or failed.

Sent once at most, by the process that prepared it; a receiver that must not miss one
looks at the rows by the clock too.
"""
