"""The codes of a result; what no standard scheme says is in a scheme of our own."""

from __future__ import annotations

from pydicom.sr.coding import Code

from webapp.results.making.scheme import SCHEME

LIGHT_MICROSCOPY = Code("104157003", "SCT", "Light microscopy")
IMAGING_PROCEDURE = Code("363679005", "SCT", "Imaging procedure")
IMAGE_REGION = Code("111030", "DCM", "Image Region")
QUALITATIVE = Code("C0034375", "UMLS", "Qualitative Evaluations")
NO_UNITS = Code("1", "UCUM", "no units")

QUESTION = Code("question", SCHEME, "Question")
ANSWER = Code("answer", SCHEME, "Answer of the model")
NOTE = Code("note", SCHEME, "Doubt that touches the answer")
INTENDED_USE = Code("intended-use", SCHEME, "Intended use")
EVIDENCE = Code("evidence", SCHEME, "Evidence region in pixels of the finest level")
SCORE = Code("score", SCHEME, "Selection score, which is no probability")
VERDICT = Code("verdict", SCHEME, "Verdict of the reviewer")
CORRECTED = Code("corrected-answer", SCHEME, "Corrected answer")
COMMENT = Code("121106", "DCM", "Comment")
ASKED_ABOUT = Code("asked", SCHEME, "Region that was asked about")
KINDS = {
    "examined": Code("examined", SCHEME, "Region that the model examined"),
    "selected": Code("selected", SCHEME, "Region that a rule selected"),
    "user": Code("user", SCHEME, "Region that a person drew"),
    "confirmed": Code("confirmed", SCHEME, "Region that a person confirmed"),
}
BY_PERSON = ("user", "confirmed")
OTHER_KIND = Code("region", SCHEME, "Region that was given to the model")


def kind_code(kind: str) -> Code:
    """What kind of evidence a region is; never a finding before a person said so."""
    return KINDS.get(kind, OTHER_KIND)
