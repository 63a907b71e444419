"""People and tokens as administrators manage them."""

from __future__ import annotations

from axes.models import AccessFailureLog, AccessLog
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest

from webapp.accounts.models import ApiToken, User
from webapp.accounts.services import issue_token, revoke_token
from webapp.api.admin import ReadOnlyAdmin
from webapp.audit.record import record

# Roles stand in for groups, and the audit for what axes would log of sign-ins.
admin.site.unregister([Group, AccessLog, AccessFailureLog])

END = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


@admin.register(User)
class PeopleAdmin(UserAdmin):  # type: ignore[type-arg]
    """The role stands in for Django's own groups and permissions."""

    list_display = ("username", "first_name", "last_name", "role", "is_active")
    list_filter = ("role", "is_active")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Rights", {"fields": ("role", "usual_purpose", "quota_bytes", "is_active")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "role", "usable_password")}),
        (None, {"fields": ("password1", "password2")}),
    )
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()

    def save_model(
        self, request: HttpRequest, obj: User, form: forms.ModelForm[User], change: bool
    ) -> None:
        """Save and record which fields changed."""
        super().save_model(request, obj, form, change)
        action = "user.change" if change else "user.create"
        record(request, action, on=obj, fields=form.changed_data, role=obj.role)


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """Tokens are made and ended here, never changed."""

    list_display = (
        "name",
        "user",
        "prefix",
        "expires_at",
        "last_used_at",
        "revoked_at",
    )
    list_select_related = ("user",)
    search_fields = ("name", "user__username", "prefix")
    fields = ("user", "name", "scopes", "expires_at")
    formfield_overrides = {  # noqa: RUF012 -- as Django declares it
        # One field, one label; Django's own pair of fields has labels for neither.
        models.DateTimeField: {"form_class": forms.DateTimeField, "widget": END}
    }
    actions = ("revoke",)

    def save_model(
        self,
        request: HttpRequest,
        obj: ApiToken,
        form: forms.ModelForm[ApiToken],
        change: bool,
    ) -> None:
        """Make the token and show its secret once, on the next page."""
        obj.scopes = " ".join(obj.scopes.split())
        assert isinstance(obj.user, User)  # noqa: S101 -- AUTH_USER_MODEL
        made, secret = issue_token(
            request, obj.user, obj.name, obj.expires_at, obj.scopes
        )
        obj.pk, obj.prefix = made.pk, made.prefix
        messages.warning(request, f"Copy this token now, it is not kept: {secret}")

    @admin.action(description="Revoke the chosen tokens")
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        for token in queryset.select_related("user"):
            revoke_token(request, token)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return True
