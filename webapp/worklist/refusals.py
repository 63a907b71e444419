"""Refusals with the sentences that PS3.18 section 11 wants in a Warning header."""

from __future__ import annotations

from webapp.dicomweb.answers import Refused

NO_TRANSACTION = "The Transaction UID is missing."
WRONG_TRANSACTION = "The Transaction UID is incorrect."
INCONSISTENT = (
    "The submitted request is inconsistent with the state of the UPS Instance."
)
NOT_FOR_UPDATE = (
    "The submitted request is inconsistent with the current state of the Workitem."
)
NOT_CLAIMED = "The target URI did not reference a claimed Workitem."
IS_COMPLETED = "The UPS is already COMPLETED."
NOBODY_TO_ASK = "The performer cannot be contacted."
NO_FILTERS = "Filtered Worklist Subscriptions are not supported."
ALREADY = "The UPS is already in the requested state of {}."
MODIFIED = "The Workitem was created with modifications."


class WorkitemRefused(Refused):
    """Ends the request with a status; `sentence` goes into the Warning header."""

    def __init__(self, status: int, sentence: str, more: str = "") -> None:
        super().__init__(status, f"{sentence} {more}".strip())
        self.sentence = sentence
