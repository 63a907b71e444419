"""Choosing a file of examples, and saying what is to be done with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django import forms

FORMATS = {".jsonl": "jsonl", ".parquet": "parquet", ".geojson": "geojson"}


class ChooseForm(forms.Form):
    """A file; its name tells its format."""

    file = forms.FileField(
        help_text="JSON Lines, Parquet or GeoJSON with slide, question and answer; "
        "without a region a row is about the whole slide."
    )

    def clean_file(self) -> Any:
        """A file of a kind that is read."""
        file = self.cleaned_data["file"]
        if Path(file.name).suffix.lower() not in FORMATS:
            raise forms.ValidationError(
                "The name must end in .jsonl, .parquet or .geojson.",
                code="IMPORT_UNREADABLE",
            )
        return file

    @property
    def file_format(self) -> str:
        """Of a valid form."""
        return FORMATS[Path(self.cleaned_data["file"].name).suffix.lower()]


class AddForm(forms.Form):
    """What was previewed."""

    digest = forms.CharField(widget=forms.HiddenInput)
    file_format = forms.ChoiceField(
        choices=[(name, name) for name in FORMATS.values()], widget=forms.HiddenInput
    )
    skip_errors = forms.BooleanField(
        required=False, label="Leave out the rows that cannot be used"
    )
