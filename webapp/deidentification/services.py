"""Which profile is for whom, and keeping the report of what was done."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import transaction
from django.db.models import Q

from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.deidentification.models import Profile, Report
from webapp.deidentification.table import EDITION

MOST_WITHHELD = 1000
"""Of which a report says each; a study has fewer by far."""


def profile_of(owner: User) -> Profile | None:
    """The profile of this account's own, or the one for all."""
    found = Profile.objects.filter(Q(source=owner) | Q(source=None))
    return max(found, key=lambda profile: bool(profile.source_id), default=None)


def open_report(owner: User, profile: Profile, way: str, study_uid: str) -> Report:
    """A report with nothing in it yet."""
    return Report.objects.create(
        owner=owner, profile=profile, way=way, study_uid=study_uid, edition=EDITION
    )


def note(
    owner: User, profile: Profile, way: str, study_uid: str, told: dict[str, Any]
) -> None:
    """Add one object to the report of its study, which begins with its first."""
    with transaction.atomic():
        # Objects of a study come at the same time; one after the other they count.
        Profile.objects.select_for_update().get(pk=profile.pk)
        known = profile.reports.filter(owner=owner, way=way, study_uid=study_uid)
        report = known.first() or open_report(owner, profile, way, study_uid)
        add_to(report, told)
        report.save()


def add_to(report: Report, told: dict[str, Any]) -> None:
    """Count one object by its `instance`, `why` and `done`; the report is not saved."""
    if why := told["why"]:
        if len(report.withheld) < MOST_WITHHELD:
            report.withheld.append({"instance": told["instance"], "why": why})
        return
    report.object_count += 1
    report.done = dict(Counter(report.done) + Counter(told["done"]))


def close_report(report: Report, looked_at: int) -> None:
    """Save it and say in the audit that copies were made."""
    report.save()
    AuditEvent.record(
        "study.deidentify",
        actor=report.owner,
        on=report,
        way=report.way,
        objects=report.object_count,
        withheld=len(report.withheld),
        looked_at=looked_at,
    )
