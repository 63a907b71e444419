"""`FailureCodeFilter`: lists of the administration by the code of a failure."""

from __future__ import annotations

from typing import Any

from django.contrib import admin


class FailureCodeFilter(admin.AllValuesFieldListFilter):
    """Offers the codes that rows have; what has none would be a link without a word."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.lookup_choices = self.lookup_choices.exclude(**{self.field_path: ""})
