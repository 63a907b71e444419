"""The OpenAPI schema and its page: problems in it, nothing from elsewhere on it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.api.problems import CONTENT_TYPE, problem_response

PROBLEM = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "properties": {
        "type": {"type": "string", "const": "about:blank"},
        "title": {"type": "string", "description": "The status in words."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "For people: what and what to do."},
        "code": {"type": "string", "description": "For programs: stable, in capitals."},
        "request_id": {
            "type": "string",
            "description": "The request's name in the site's log (X-Request-ID).",
        },
        "fields": {
            "type": "object",
            "description": "Faults by field of the request, when it was not valid.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
    "required": ["type", "title", "status", "detail", "code"],
}


class SchemaView(SpectacularAPIView):
    """OpenAPI 3.1 of every route."""

    permission_classes = (IsAuthenticated,)
    renderer_classes = [OpenApiJsonRenderer]  # noqa: RUF012 -- as declared above it

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The schema as JSON."""
        response: Response = super().get(  # type: ignore[no-untyped-call]
            request, *args, **kwargs
        )
        return response


@login_required
def docs(request: HttpRequest) -> HttpResponse:
    """The schema as a page to browse and try."""
    if request.method not in ("GET", "HEAD"):
        refused = problem_response(405, "METHOD_NOT_ALLOWED", "This is a page to read.")
        refused["Allow"] = "GET, HEAD"
        return refused
    return render(request, "api/docs.html")


def add_problems(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """A hook of drf-spectacular: each operation may answer a problem."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    content = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"].setdefault(
                "default", {"description": "A problem.", "content": content}
            )
    return result
