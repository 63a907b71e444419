"""How lists are cut into pages: by a cursor, so that new rows shift nothing."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination


class CursorPages(CursorPagination):
    """{"next", "previous", "results"}; rows without `created_at` need an ordering."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = ("-created_at", "-id")

    def decode_cursor(self, request: Any) -> Any:
        """The list is there, so that a cursor that nobody gave out is no 404."""
        try:
            return super().decode_cursor(request)
        except NotFound:
            raise ValidationError(
                {"cursor": "Use the addresses of next and previous as they are."}
            ) from None
