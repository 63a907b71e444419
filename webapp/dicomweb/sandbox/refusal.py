"""`Refusal`: why an object is not taken, as PS3.18 annex I.2.2 counts the reasons."""

from __future__ import annotations

OUT_OF_RESOURCES = 0xA700
CLASS_DIFFERS = 0xA900
STUDY_DIFFERS = 0xA901
NOT_UNDERSTOOD = 0xC000
SYNTAX_NOT_SUPPORTED = 0xC122
PROCESSING_FAILURE = 0x0110
DUPLICATE = 0x0111
CLASS_NOT_SUPPORTED = 0x0122
NOT_AUTHORIZED = 0x0124
COERCED = 0xB000
"""A warning: it is stored with other values than it came with."""
MATCHES_CLASS_NOT = 0xB007
"""A warning: it is stored, though it lacks what its class asks for."""


class Refusal(Exception):  # noqa: N818 -- an answer to the sender, not a fault of ours
    """An object that is not stored, with its failure reason."""

    def __init__(self, reason: int, why: str) -> None:
        super().__init__(why)
        self.reason = reason
        self.why = why
        self.sop_class = ""
        self.instance = ""

    def of(self, sop_class: str, instance: str) -> Refusal:
        """The same, of an object that has said which one it is."""
        self.sop_class, self.instance = sop_class, instance
        return self
