"""`If-Match`: who changes something says which edition of it they have seen.

RFC 9110 sections 8.8.3 and 13.1.1. Without the header the last one wins, as before.
"""

from __future__ import annotations

import hashlib
import json
from http import HTTPStatus
from typing import Any, TypeVar

from django.db.models import Model
from django.utils.http import parse_etags
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

Row = TypeVar("Row", bound=Model)
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag of the edition that was seen; 412 if there is another one.",
)


class ChangedMeanwhileError(APIException):
    """Somebody else was faster."""

    status_code = HTTPStatus.PRECONDITION_FAILED
    default_code = "changed_meanwhile"
    default_detail = (
        "This is no longer as you have seen it. Read it again, then change it."
    )


def etag_of(body: Any) -> str:
    """Strong, and the same for the same answer."""
    text = json.dumps(body, cls=JSONEncoder, sort_keys=True)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def edition(body: Any) -> Response:
    """An answer that names its edition."""
    return Response(body, headers={"ETag": etag_of(body)})


def locked(row: Row) -> Row:
    """The row as it is now; nobody else changes it until this transaction ends."""
    type(row)._base_manager.select_for_update().get(pk=row.pk)
    row.refresh_from_db()
    return row


def refuse_outdated(request: Request, body: Any) -> None:
    """Let a change through if the caller names the edition that there is, or none.

    Args:
        body: the thing as it would be shown to the caller now.

    Raises:
        ChangedMeanwhileError: they name another one.
    """
    named = request.headers.get("If-Match")
    if named is not None and not {"*", etag_of(body)} & set(parse_etags(named)):
        raise ChangedMeanwhileError
