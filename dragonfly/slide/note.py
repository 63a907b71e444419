"""Remarks about a slide that opened, but not without a doubt."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """A stable code and a sentence for the user; never an error."""

    code: str
    message: str
