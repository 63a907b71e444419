"""Objects are deleted by who owns them; their UIDs are remembered for a while as gone.

The standard knows no deletion by DICOMweb; `DELETE` at a study, series or instance is
what archives of today offer (PS3.18 section 8.5 leaves 410 for what is gone).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from webapp.accounts.models import User
from webapp.dicomweb.answers import Refused
from webapp.dicomweb.models import Instance, Removed, Series, Study
from webapp.dicomweb.preparing import send_series
from webapp.dicomweb.requests import Asked, dicomweb_view
from webapp.dicomweb.retrieve.finding import find_instances
from webapp.slides.removal import delete_slide


@dicomweb_view("dicom.delete", methods=("DELETE",))
def removal(
    asked: Asked, study: str, series: str = "", instance: str = ""
) -> HttpResponseBase:
    """Delete the objects; 403 for somebody with whom they are only shared."""
    found = find_instances(asked.user, study, series, instance)
    own = [each for each in found if _may_delete(asked.user, each)]
    if len(own) < len(found):
        raise Refused(403, "Only the owner can delete this.")
    remove_instances(Instance.objects.filter(pk__in=[each.pk for each in own]))
    return HttpResponse(status=204)


def _may_delete(user: User, instance: Instance) -> bool:
    return user.is_administrator or instance.owner_id == user.pk


def remove_instances(instances: QuerySet[Instance]) -> None:
    """Delete these with their files, and what is then empty around them."""
    with transaction.atomic():
        found = list(instances.select_related("series__study", "owner"))
        series = {each.series_id: each.series for each in found}
        for instance in found:
            _remember(instance.owner, instance.uid)
            gone = partial(shutil.rmtree, instance.folder, ignore_errors=True)
            instance.delete()
            transaction.on_commit(gone)
        for each in series.values():
            _after(each)
        _remove_empty_studies({each.study_id for each in series.values()})


def _after(series: Series) -> None:
    """A series without objects goes with its slide; another is prepared anew."""
    if series.instances.exists():
        series.save(update_fields=["changed_at"])
        transaction.on_commit(lambda: send_series(series.pk))
        return
    if series.slide is not None:
        delete_slide(series.slide)
    _remember(series.study.owner, series.uid)
    series.delete()


def _remove_empty_studies(ids: Iterable[int]) -> None:
    for study in Study.objects.filter(pk__in=ids, series=None):
        _remember(study.owner, study.uid)
        study.delete()


def _remember(owner: User, uid: str) -> None:
    Removed.objects.get_or_create(owner=owner, uid=uid)


def remove_of_deleted_slides() -> int:
    """Delete the series of slides whose files are gone for good; returns how many."""
    late = Series.objects.filter(slide__files_removed=True)
    count = 0
    for series in late:
        remove_instances(series.instances.all())
        count += 1
    return count
