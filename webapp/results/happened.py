"""What happened to a result object, for the parts above that this one must not know."""

from __future__ import annotations

from django.dispatch import Signal

result_made = Signal()
"""`result`: a `ResultObject`; its row and its file are there.

Sent by the process that made it, once at most; a receiver that must not miss one looks
at the rows by the clock too.
"""
