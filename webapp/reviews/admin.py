"""The review queue, and what became of it.

django-unfold was tried first: its pages need scripts that make code of text
('unsafe-eval'), which this site's Content-Security-Policy refuses, so Django's own
administration is used.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from dragonfly.errors import DragonflyError
from webapp.accounts.models import User
from webapp.api.admin import ReadOnlyAdmin
from webapp.audit.record import client_address
from webapp.reviews.agreement import agreements
from webapp.reviews.models import DataSetVersion, Example, Review, SlideUse
from webapp.reviews.services import (
    accept_review,
    freeze_data_set,
    reject_review,
)
from webapp.reviews.services.deciding import Edit, right_answer


class Disagreement(admin.SimpleListFilter):
    """Answers that two people judge differently."""

    title = "disagreement"
    parameter_name = "disagreement"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Somebody else judges otherwise")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Review]
    ) -> QuerySet[Review]:
        if self.value() != "yes":
            return queryset
        return queryset.filter(pk__in=Review.objects.disagreeing().values("pk"))


class EditForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is learned: the corrected answer, as the administrator words it."""

    answer = forms.CharField(
        widget=forms.Textarea,
        required=False,
        help_text="Saving makes an example of the review with this answer.",
    )

    class Meta:
        model = Review
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["answer"].initial = right_answer(self.instance)


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):
    """Pending reviews are accepted, accepted with changes, or rejected."""

    form = EditForm
    list_display = (
        "created_at",
        "question",
        "verdict",
        "corrected_answer",
        "reviewer",
        "state",
        "is_current",
    )
    list_filter = (
        "state",
        "verdict",
        "is_current",
        Disagreement,
        "question__model_version",
        ("question__slide", admin.RelatedOnlyFieldListFilter),
        "reviewer",
    )
    search_fields = (
        "question__text",
        "question__answer__text",
        "question__slide__name",
        "reviewer__username",
    )
    list_select_related = ("question", "reviewer")
    date_hierarchy = "created_at"
    actions = ("accept", "reject")
    fields = (
        "question",
        "given_answer",
        "reviewer",
        "verdict",
        "corrected_answer",
        "evidence",
        "regions",
        "comment",
        "state",
        "answer",
    )
    readonly_fields = fields[:-1]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """The queue, and how far its readers agree."""
        told = {"agreements": agreements(), **(extra_context or {})}
        return super().changelist_view(request, told)

    @admin.display(description="The answer that was given")
    def given_answer(self, review: Review) -> str:
        return review.question.answer.text

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A pending one can be accepted with changes."""
        is_open = obj is None or (obj.state == Review.State.PENDING and obj.is_current)
        return is_open and bool(getattr(request.user, "is_administrator", False))

    def save_model(
        self, request: HttpRequest, obj: Review, form: Any, change: bool
    ) -> None:
        edit = Edit(answer=form.cleaned_data.get("answer") or None)
        self._decide(request, obj, edit)

    @admin.action(description="Accept: make examples of the chosen reviews")
    def accept(self, request: HttpRequest, queryset: QuerySet[Review]) -> None:
        for review in queryset:
            self._decide(request, review, Edit())

    @admin.action(description="Reject the chosen reviews")
    def reject(self, request: HttpRequest, queryset: QuerySet[Review]) -> None:
        for review in queryset:
            try:
                reject_review(review, _person(request), "", client_address(request))
            except DragonflyError as error:
                messages.error(request, f"{review}: {error.message}")

    def _decide(self, request: HttpRequest, review: Review, edit: Edit) -> None:
        try:
            accept_review(review, _person(request), edit, client_address(request))
        except DragonflyError as error:
            messages.error(request, f"{review}: {error.message}")


@admin.register(Example)
class ExampleAdmin(ReadOnlyAdmin):
    """What later data sets are frozen from."""

    list_display = (
        "created_at",
        "question",
        "answer",
        "source",
        "licence",
        "near_duplicate_of",
        "is_withdrawn",
    )
    list_filter = (
        "source",
        "is_withdrawn",
        ("near_duplicate_of", admin.EmptyFieldListFilter),
    )
    search_fields = ("question", "answer", "slide_digest")
    actions = ("withdraw", "freeze")

    @admin.action(description="Withdraw: leave out of later data sets")
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Example]) -> None:
        queryset.update(is_withdrawn=True)

    @admin.action(description="Freeze every allowed example into a data set")
    def freeze(self, request: HttpRequest, queryset: QuerySet[Example]) -> None:
        try:
            found = freeze_data_set("", _person(request), client_address(request))
        except DragonflyError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"Frozen: {found}")


@admin.register(DataSetVersion)
class DataSetAdmin(ReadOnlyAdmin):
    """Frozen data sets and their cards."""

    list_display = ("created_at", "name", "digest", "frozen_by")


@admin.register(SlideUse)
class SlideUseAdmin(ReadOnlyAdmin):
    """Which slides may be learned from."""

    list_display = ("slide_digest", "consent", "is_deidentified", "set_by")
    list_filter = ("consent", "is_deidentified")


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 -- the administration's own check
    return request.user
