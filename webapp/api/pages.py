"""How lists are cut into pages: by a cursor, so that new rows shift nothing."""

from __future__ import annotations

from rest_framework.pagination import CursorPagination


class CursorPages(CursorPagination):
    """{"next", "previous", "results"}; rows without `created_at` need an ordering."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = ("-created_at", "-id")
