"""The form by which an administrator asks that a version answers."""

from __future__ import annotations

from django import forms

from webapp.accounts.models import User
from webapp.training.models import ActivationRequest, ModelVersion


class ActivationForm(forms.Form):
    """How many people, who by name, and why."""

    share = forms.IntegerField(
        label="Percent of the people",
        min_value=0,
        max_value=ActivationRequest.EVERYBODY,
        initial=ActivationRequest.EVERYBODY,
        help_text="100 makes it the version that answers everybody.",
    )
    people = forms.ModelMultipleChoiceField(
        label="And these people in any case",
        queryset=User.objects.filter(is_active=True).order_by("username"),
        required=False,
    )
    reason = forms.CharField(
        label="Why",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed where a rule is not met.",
    )


class ImportFolderForm(forms.Form):
    """Which folder of models/incoming, and what an adapter belongs to."""

    folder = forms.CharField(
        label="Folder", max_length=255, widget=forms.TextInput({"list": "folders"})
    )
    title = forms.CharField(
        label="Call it",
        max_length=128,
        required=False,
        help_text="Empty: as the model calls itself.",
    )
    base = forms.ModelChoiceField(
        label="Trained on top of",
        queryset=ModelVersion.objects.all(),
        required=False,
        empty_label="nothing: it is a whole checkpoint",
    )
