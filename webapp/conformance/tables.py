"""The tables of the statement, each made of what the code goes by."""

from __future__ import annotations

from collections.abc import Iterable

from pydicom import uid

from webapp.delivery.sending.outcome import Fate, of_status
from webapp.dicomweb.capabilities import RESOURCES
from webapp.dicomweb.retrieve.syntaxes import MEDIA, NEVER_SENT
from webapp.dicomweb.sandbox import refusal
from webapp.dicomweb.sandbox.accepted import SOP_CLASSES
from webapp.dicomweb.search.keys import KEYS
from webapp.dimse.archive import finding, moving
from webapp.dimse.contexts import VERIFICATION, ordered_syntaxes
from webapp.results.models import ResultObject
from webapp.worklist.searching import KEYS as WORKITEM_KEYS

MADE = {
    "sr": uid.Comprehensive3DSRStorage,
    "ann": uid.MicroscopyBulkSimpleAnnotationsStorage,
    "ko": uid.KeyObjectSelectionDocumentStorage,
    "pdf": uid.EncapsulatedPDFStorage,
    "seg": uid.SegmentationStorage,
    "pm": uid.ParametricMapStorage,
    "sc": uid.SecondaryCaptureImageStorage,
}
"""What each kind of result is written as; every one is what we receive, too."""
TWIN = uid.VLWholeSlideMicroscopyImageStorage
STATUSES = (
    (0x0000, "Stored, or the same object was stored before."),
    (refusal.COERCED, "Stored de-identified, by a profile for this sender."),
    (refusal.MATCHES_CLASS_NOT, "Stored, though it lacks what its class asks for."),
    (refusal.OUT_OF_RESOURCES, "No room, or longer than is taken. Try again later."),
    (refusal.CLASS_DIFFERS, "The SOP class differs from the file meta information."),
    (refusal.NOT_UNDERSTOOD, "Not readable, cut short, or a UID that is none."),
    (refusal.SYNTAX_NOT_SUPPORTED, "A transfer syntax that is not taken."),
    (refusal.PROCESSING_FAILURE, "The reader failed; nothing was stored."),
    (refusal.DUPLICATE, "Another object has this SOP instance UID."),
    (refusal.CLASS_NOT_SUPPORTED, "A SOP class that is not taken."),
    (refusal.NOT_AUTHORIZED, "Withheld by de-identification, so not kept."),
)
"""C-STORE statuses and STOW-RS failure reasons that we answer with."""
DESTINATIONS_SAY = (
    *(0x0000, 0x0111, 0xB000, 0xB006, 0xB007, 0x0110),
    *(0x0122, 0x0124, 0xA700, 0xA900, 0xC000),
)
FATES = {
    Fate.DELIVERED: "delivered",
    Fate.LATER: "tried again later",
    Fate.PARKED: "parked until a person sends it again",
}
LEVELS = ("Study", "Series", "Instance")


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _named(uids: Iterable[str]) -> list[tuple[str, str]]:
    return sorted((uid.UID(each).name, f"`{each}`") for each in uids)


def storage_classes() -> str:
    """Classes that are received by C-STORE and STOW-RS, and sent by both."""
    return _table(("SOP class", "UID"), _named(SOP_CLASSES))


def transfer_syntaxes() -> str:
    """In the order in which we prefer them; how DICOMweb sends their frames."""
    rows = (
        (
            uid.UID(each).name,
            f"`{each}`",
            "no" if each in NEVER_SENT or _is_deflated(each) else "yes",
            MEDIA.get(each, "application/octet-stream"),
        )
        for each in ordered_syntaxes()
    )
    return _table(("Transfer syntax", "UID", "sent by DICOMweb", "a frame of it"), rows)


def _is_deflated(syntax: str) -> bool:
    # Deflated objects are kept inflated.
    return bool(uid.UID(syntax).is_deflated)


def dimse_roles() -> str:
    """Each service with the roles that we take in it."""
    rows = (
        ("Verification (C-ECHO)", VERIFICATION, "yes", "yes"),
        ("Storage (C-STORE)", "those of 4.2", "yes", "yes"),
        ("Study Root Query (C-FIND)", finding.FIND, "yes", "no"),
        ("Study Root Retrieve (C-MOVE)", moving.MOVE, "yes", "no"),
    )
    return _table(("Service", "SOP class", "as user (SCU)", "as provider (SCP)"), rows)


def find_keys() -> str:
    """The attributes of our C-FIND."""
    return ", ".join(finding.ASKED)


def web_resources() -> str:
    """Resources of DICOMweb by their path, with methods and media types."""
    rows = (
        (f"`{method.name} /{path}`", method.id, ", ".join(_plain(method.kinds)) or "—")
        for path, methods in RESOURCES.items()
        for method in methods
    )
    return _table(("Request", "Transaction", "Media types of the answer"), rows)


def _plain(kinds: tuple[str, ...]) -> list[str]:
    return [f"`{kind}`" for kind in kinds]


def search_keys() -> str:
    """Attributes that QIDO-RS matches, by level."""
    rows = (
        (name, ", ".join(key for key, one in KEYS.items() if one.level == number))
        for number, name in enumerate(LEVELS)
    )
    return _table(("Level", "Matched"), rows)


def workitem_keys() -> str:
    """The attributes that searches for workitems match."""
    return ", ".join(WORKITEM_KEYS)


def statuses() -> str:
    """What we answer to C-STORE and in the body of STOW-RS."""
    rows = ((f"`{code:04X}`", meaning) for code, meaning in STATUSES)
    return _table(("Status", "Meaning"), rows)


def statuses_read() -> str:
    """What we do with the answer of a destination."""
    rows = (
        (f"`{code:04X}`", FATES[of_status(code, "").fate]) for code in DESTINATIONS_SAY
    )
    return _table(("Status of the destination", "The object is"), rows)


def made_objects() -> str:
    """What we write ourselves."""
    rows = [
        (str(kind.label), MADE[kind].name, f"`{MADE[kind]}`")
        for kind in ResultObject.Kind
    ]
    rows += [("Copy of an uploaded slide", TWIN.name, f"`{TWIN}`")]
    return _table(("What", "SOP class", "UID"), rows)
