"""`export_study`: a study's de-identified copies and their report, as a ZIP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from dragonfly.errors import DragonflyError
from webapp.accounts.models import User
from webapp.deidentification import services
from webapp.deidentification.models import Profile, Report
from webapp.deidentification.pseudonyms import Pseudonyms
from webapp.dicomweb.exporting.copying import Copy, copied
from webapp.dicomweb.exporting.zipping import Member, zipped
from webapp.dicomweb.models import Instance
from webapp.dicomweb.sandbox.refusal import Refusal

REPORT = "report.json"


def export_study(
    user: User, study_uid: str, looked_at: frozenset[str] = frozenset()
) -> tuple[str, Iterator[bytes]]:
    """De-identify what this user sees of a study, object by object as it is sent.

    Args:
        looked_at: UIDs of objects at whose pixels a person has looked.

    Returns:
        The study's new UID, and the bytes.

    Raises:
        DragonflyError: STUDY_UNKNOWN; PROFILE_MISSING, no profile is for its owner.
    """
    seen = Instance.objects.visible_to(user).filter(series__study__uid=study_uid)
    found = list(seen.select_related("series__study", "owner").order_by("series", "pk"))
    if not found:
        raise DragonflyError("STUDY_UNKNOWN", "There is no such study.")
    profile = services.profile_of(found[0].owner)
    if profile is None:
        raise DragonflyError(
            "PROFILE_MISSING",
            "Nothing says how studies of this account are de-identified. An "
            "administrator can make a profile.",
        )
    study = Pseudonyms(profile.order().secret).uid(study_uid)
    report = services.open_report(user, profile, Profile.Way.EXPORT, study)
    return study, zipped(_members(report, profile, found, looked_at))


def _members(
    report: Report, profile: Profile, found: list[Instance], looked_at: frozenset[str]
) -> Iterator[AbstractContextManager[Member | None]]:
    for instance in found:
        yield _member(report, profile, instance, instance.uid in looked_at)
    services.close_report(report, len(looked_at))
    yield _last(report)


@contextmanager
def _member(
    report: Report, profile: Profile, instance: Instance, looked_at: bool
) -> Iterator[Member | None]:
    try:
        with copied(instance, profile.order(looked_at=looked_at)) as copy:
            services.add_to(report, copy.told)
            yield None if copy.why else (_name(copy), copy.path)
    except Refusal as refusal:
        uid = Pseudonyms(profile.order().secret).uid(instance.uid)
        services.add_to(report, {"instance": uid, "why": refusal.why})
        yield None


def _name(copy: Copy) -> str:
    return f"{copy.study}/{copy.series}/{copy.instance}.dcm"


@contextmanager
def _last(report: Report) -> Iterator[Member]:
    told = {
        "study": report.study_uid,
        "profile": f"DICOM PS3.15 Basic Profile {report.edition}",
        "dates": report.profile.dates,
        "objects": report.object_count,
        "done": report.done,
        "withheld": report.withheld,
    }
    yield REPORT, json.dumps(told, indent=1).encode()
