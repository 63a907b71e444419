"""Slides and uploads as administrators look them up."""

from __future__ import annotations

from django.contrib import admin

from webapp.api.admin import ReadOnlyAdmin
from webapp.slides.models import Slide, Upload


@admin.register(Slide)
class SlideAdmin(ReadOnlyAdmin):
    """Deleting goes through the site, which also removes the files."""

    list_display = ("name", "owner", "state", "failure_code", "byte_size", "created_at")
    list_filter = ("state",)
    list_select_related = ("owner",)
    search_fields = ("id", "name", "owner__username", "sha256", "digest")


@admin.register(Upload)
class UploadAdmin(ReadOnlyAdmin):
    """What is arriving, and what never did."""

    list_display = ("file_name", "owner", "state", "received", "size", "expires_at")
    list_filter = ("state",)
    list_select_related = ("owner",)
    search_fields = ("id", "file_name", "owner__username")
