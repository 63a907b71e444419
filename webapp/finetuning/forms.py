"""The form for a new job: a preset first, each figure only where a person wants it."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from webapp.finetuning.models import FineTuneJob
from webapp.finetuning.presets import LIMITS, PRECISIONS, Limits
from webapp.finetuning.services import Wanted
from webapp.questions.models import Question
from webapp.reviews.models import DataSetVersion
from webapp.training.models import ModelVersion

UUID_IN_TEXT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ADVANCED = (*LIMITS, "precision")


def number_field(limits: Limits) -> forms.Field:
    """A field that may stay empty."""
    fields: dict[str, Any] = {"required": False, "label": limits.label}
    fields |= {"min_value": limits.low, "max_value": limits.high}
    return (
        forms.IntegerField(**fields) if limits.is_whole else forms.FloatField(**fields)
    )


class FixedQuestionForm(forms.Form):
    """A question that was answered once, by its address in the workspace."""

    address = forms.CharField(
        label="Address of the question",
        max_length=2000,
        help_text="As the browser shows it while the answer is open.",
    )
    expected = forms.CharField(
        label="Expected answer",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_address(self) -> Question:
        """The question that the address, or its bare number, names."""
        numbers = UUID_IN_TEXT.findall(self.cleaned_data["address"])
        found = Question.objects.filter(pk=numbers[-1]).first() if numbers else None
        if found is None:
            raise forms.ValidationError(
                "No question is at this address. Open its answer in the workspace and "
                "copy the address from there.",
                code="QUESTION_MISSING",
            )
        return found


class JobForm(forms.Form):
    """Empty advanced fields leave the preset's own figures."""

    data_set = forms.ModelChoiceField(DataSetVersion.objects.all(), empty_label=None)
    preset = forms.ChoiceField(
        choices=FineTuneJob.Preset.choices, initial=FineTuneJob.Preset.LORA_SMALL
    )
    base = forms.ModelChoiceField(
        ModelVersion.objects.all(),
        required=False,
        empty_label="The version that answers now",
        label="Start from",
    )
    title = forms.CharField(max_length=128, required=False)
    priority = forms.IntegerField(
        min_value=-100, max_value=100, initial=0, help_text="The highest first."
    )
    only_at_night = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, limits in LIMITS.items():
            self.fields[name] = number_field(limits)
        self.fields["precision"] = forms.ChoiceField(
            choices=[("", "As the preset says"), *((p, p) for p in PRECISIONS)],
            required=False,
        )

    def plain(self) -> list[forms.BoundField]:
        """Those that everybody reads."""
        return [self[name] for name in self.fields if name not in ADVANCED]

    def advanced(self) -> list[forms.BoundField]:
        """Those that most leave alone."""
        return [self[name] for name in ADVANCED]

    def wanted(self) -> Wanted:
        """What was asked for."""
        given = dict(self.cleaned_data)
        fields = {name: given.pop(name) for name in ADVANCED}
        set_by_hand = {k: v for k, v in fields.items() if v not in (None, "")}
        return Wanted(fields=set_by_hand, **given)
