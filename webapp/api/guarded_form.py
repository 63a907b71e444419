"""`GuardedForm`: what two administrators have open is not overwritten by the second."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Model

CHANGED = (
    "Somebody else has changed this since you opened it. Load the page again and enter "
    "your changes once more."
)


class GuardedForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form of the administration that knows which edition it was filled from.

    A new thing, and a form that was sent without the field, is not checked.
    """

    edition_seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["edition_seen"] = edition_of(self.instance)

    def clean(self) -> dict[str, Any]:
        """Compare with the row as it is at this moment.

        Raises:
            ValidationError: it is another one by now.
        """
        data: dict[str, Any] = super().clean() or {}
        seen = data.pop("edition_seen", "")
        if seen and seen != edition_of(self.instance):
            raise ValidationError(CHANGED, code="changed_meanwhile")
        return data


def edition_of(row: Model) -> str:
    """A digest of what the database holds of it; of a deleted one, of nothing."""
    kind = type(row)
    rows = kind._base_manager.filter(pk=row.pk)
    if connection.in_atomic_block:
        # Held until the form is saved, so that no third person comes in between.
        rows = rows.select_for_update()
    told: list[Any] = list(rows.values())
    for field in kind._meta.many_to_many:
        through: Any = field.remote_field.through
        chosen = through._base_manager.filter(**{field.m2m_field_name(): row.pk})
        told += sorted(
            map(str, chosen.values_list(field.m2m_reverse_name(), flat=True))
        )
    return hashlib.sha256(repr(told).encode()).hexdigest()
