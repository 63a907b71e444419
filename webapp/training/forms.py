"""The form by which an administrator asks that a version answers."""

from __future__ import annotations

from django import forms

from webapp.accounts.models import User
from webapp.training.models import ActivationRequest


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
