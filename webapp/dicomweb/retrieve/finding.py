"""The instances that an address names, if the user may see them."""

from __future__ import annotations

from django.db.models import Case, IntegerField, Value, When

from webapp.accounts.models import User
from webapp.dicomweb.answers import Refused
from webapp.dicomweb.models import Instance, Removed
from webapp.dicomweb.requests import not_found


def find_instances(
    user: User, study: str, series: str = "", instance: str = ""
) -> list[Instance]:
    """In order; of two owners' copies of one object the user's own.

    Raises:
        Refused: 404, there is none; 410, the user has deleted it.
    """
    wanted = {"series__study__uid": study, "series__uid": series, "uid": instance}
    own_first = Case(
        When(owner=user, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    found = (
        Instance.objects.visible_to(user)
        .filter(**{path: uid for path, uid in wanted.items() if uid})
        .select_related("series__study")
        .order_by("series__number", "series_id", "number", own_first, "created_at")
    )
    by_uid: dict[str, Instance] = {}
    for each in found:
        by_uid.setdefault(each.uid, each)
    if not by_uid:
        _refuse_removed(user, [uid for uid in wanted.values() if uid])
        raise not_found()
    return list(by_uid.values())


def _refuse_removed(user: User, uids: list[str]) -> None:
    if Removed.objects.filter(owner=user, uid__in=uids).exists():
        raise Refused(410, "It was here and has been deleted.")


def find_instance(user: User, study: str, series: str, instance: str) -> Instance:
    """The one instance.

    Raises:
        Refused: 404.
    """
    return find_instances(user, study, series, instance)[0]
