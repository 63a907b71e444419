"""DICOM objects as administrators look them up."""

from __future__ import annotations

from django.contrib import admin

from webapp.api.admin import ReadOnlyAdmin
from webapp.dicomweb.models import Instance, Removed, Series, Study


@admin.register(Study)
class StudyAdmin(ReadOnlyAdmin):
    list_display = ("uid", "owner", "accession_number", "created_at")
    list_select_related = ("owner",)
    search_fields = ("uid", "accession_number", "owner__username")


@admin.register(Series)
class SeriesAdmin(ReadOnlyAdmin):
    list_display = ("uid", "study", "modality", "slide", "changed_at")
    list_filter = ("modality",)
    list_select_related = ("study", "slide")
    search_fields = ("uid", "study__uid")


@admin.register(Instance)
class InstanceAdmin(ReadOnlyAdmin):
    list_display = ("uid", "owner", "sop_class", "byte_size", "created_at")
    list_select_related = ("owner",)
    search_fields = ("uid", "series__uid", "sha256")


@admin.register(Removed)
class RemovedAdmin(ReadOnlyAdmin):
    list_display = ("uid", "owner", "removed_at")
    list_select_related = ("owner",)
    search_fields = ("uid", "owner__username")
