"""Filters of the administration's lists."""

from __future__ import annotations

from typing import Any

from django.contrib import admin


class NotEmptyFilter(admin.AllValuesFieldListFilter):
    """Offers the texts that rows have; an empty one would be a link without a word."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.lookup_choices = self.lookup_choices.exclude(**{self.field_path: ""})
