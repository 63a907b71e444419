"""The transactions of the worklist service (PS3.18 table 11.3-1).

Subscriptions are refused: nobody is told of changes here but by webhooks and by asking.
"""

from __future__ import annotations

from django.http.response import HttpResponseBase

from webapp.audit.record import client_address
from webapp.dicomweb.answers import Refused
from webapp.dicomweb.attributes import Json, text
from webapp.dicomweb.formats import dicom_answer
from webapp.dicomweb.requests import Asked, not_found
from webapp.worklist import refusals, services
from webapp.worklist.dataset import read_dataset
from webapp.worklist.models import Workitem
from webapp.worklist.refusals import WorkitemRefused
from webapp.worklist.representation import is_uid
from webapp.worklist.requests import done, resource
from webapp.worklist.searching import search
from webapp.worklist.showing import brief, whole

FILTERED = "1.2.840.10008.5.1.4.34.5.1"
"""The well-known UID of the filtered worklist."""


def create(asked: Asked) -> HttpResponseBase:
    """201 with where it is; a question in it is begun at once."""
    named = _named(asked, "workitem", "AffectedSOPInstanceUID")
    item, is_modified = services.create_workitem(
        asked.user, _body(asked), named, client_address(asked.http)
    )
    if is_modified:
        asked.warn(refusals.MODIFIED)
    services.begin(item.pk)
    return done(201, Location=f"{asked.base}/workitems/{item.uid}")


def find(asked: Asked) -> HttpResponseBase:
    """Those that match; none is an empty list (11.9.3.1 since the edition 2026a)."""
    seen = Workitem.objects.visible_to(asked.user).select_related("job")
    found = search(asked, seen.prefetch_related("job__items__question"))
    return dicom_answer(asked, [brief(item, asked.base) for item in found])


def retrieve(asked: Asked, workitem: str) -> HttpResponseBase:
    item = seen_item(asked, workitem)
    return dicom_answer(asked, [whole(item, asked.base, asked.user)])


def update(asked: Asked, workitem: str) -> HttpResponseBase:
    item = seen_item(asked, workitem)
    changes = _body(asked)
    uid = _named(asked, "transaction-uid", "transactionUID", "transaction")
    services.update_workitem(
        item.pk,
        changes,
        uid or text(changes, "TransactionUID"),
        asked.user,
        client_address(asked.http),
    )
    services.begin(item.pk)
    return done(Content_Location=f"{asked.base}/workitems/{item.uid}")


def change_state(asked: Asked, workitem: str) -> HttpResponseBase:
    item = seen_item(asked, workitem)
    wish = _body(asked)
    address = client_address(asked.http)
    if not services.change_state(item.pk, wish, asked.user, address):
        asked.warn(refusals.ALREADY.format(text(wish, "ProcedureStepState")))
    return done()


def request_cancellation(asked: Asked, workitem: str) -> HttpResponseBase:
    """202, with a reason in the body or without."""
    item = seen_item(asked, workitem)
    wish = _body(asked) if asked.http.body else {}
    address = client_address(asked.http)
    if not services.request_cancellation(item.pk, wish, asked.user, address):
        asked.warn(refusals.ALREADY.format("CANCELED"))
    return done(202)


def subscribe(asked: Asked, workitem: str, aetitle: str) -> HttpResponseBase:
    """403, as section 11.10.3.1 has it for what is not offered."""
    words = "Subscriptions are not offered. Ask again, or use webhooks of jobs."
    if workitem == FILTERED:
        raise WorkitemRefused(403, refusals.NO_FILTERS, words)
    raise Refused(403, words)


def unsubscribe(asked: Asked, workitem: str, aetitle: str) -> HttpResponseBase:
    raise Refused(404, "There is no such subscription.")


def seen_item(asked: Asked, uid: str) -> Workitem:
    """The caller's workitem; an administrator's own goes before those of others.

    Raises:
        Refused: 400 or 404.
    """
    if not is_uid(uid):
        raise Refused(400, "The workitem in the address is not named by a UID.")
    found = Workitem.objects.visible_to(asked.user).filter(uid=uid)
    found = found.select_related("job")
    item = found.filter(owner=asked.user).first() or found.first()
    if item is None:
        raise not_found()
    return item


def _body(asked: Asked) -> Json:
    return read_dataset(asked.http.body, asked.http.headers.get("content-type", ""))


def _named(asked: Asked, *names: str) -> str:
    """The UID in the query: after any of these names, or bare, as clients send it."""
    given = asked.http.GET
    stated = next((given[name] for name in names if given.get(name)), "")
    bare = asked.http.META.get("QUERY_STRING", "").partition("&")[0]
    found = stated or (bare if is_uid(bare) else "")
    if found and not is_uid(found):
        raise Refused(400, "The query names no UID.")
    return found


workitems = resource(GET=find, POST=create)
one = resource(GET=retrieve, POST=update)
state = resource(PUT=change_state)
cancel_request = resource(POST=request_cancellation)
subscription = resource(POST=subscribe, DELETE=unsubscribe)
suspension = resource(POST=subscribe)
