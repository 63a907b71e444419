"""`Study`, `Series`, `Instance`, `Removed`: the index of what was received as DICOM.

Two owners may hold the same UID, because whether somebody else has a study is nobody's
business; so a UID is unique for its owner only.
"""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q

UID_LENGTH = 64


def _seen_by(user: object, owner: str, slide: str) -> Q:
    """Owned by this user, or of a slide that is shared with them; all for admins."""
    if not getattr(user, "is_authenticated", False):
        return Q(pk__in=())
    if getattr(user, "is_administrator", False):
        return Q()
    return Q(**{owner: user}) | Q(
        **{f"{slide}__access__user": user, f"{slide}__deleted_at": None}
    )


class StudyQuerySet(models.QuerySet["Study"]):
    """Studies by who may see them."""

    def visible_to(self, user: object) -> StudyQuerySet:
        """Those of which at least one series is visible."""
        seen = _seen_by(user, "owner", "series__slide")
        return self.filter(pk__in=Study.objects.filter(seen).values("pk"))


class Study(models.Model):
    """One examination of one patient."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="studies"
    )
    uid = models.CharField(max_length=UID_LENGTH)
    date = models.CharField(max_length=8, blank=True, db_index=True)
    """YYYYMMDD, so that text compares as time does."""
    time = models.CharField(max_length=16, blank=True)
    accession_number = models.CharField(max_length=64, blank=True, db_index=True)
    referring_physician = models.CharField(max_length=400, blank=True)
    patient_name = models.CharField(max_length=400, blank=True)
    patient_id = models.CharField(max_length=64, blank=True, db_index=True)
    study_id = models.CharField(max_length=64, blank=True)
    attributes = models.JSONField(default=dict)
    """Patient and study attributes of the first instance, in DICOM's JSON model."""
    created_at = models.DateTimeField(auto_now_add=True)

    objects = StudyQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("owner", "uid"), name="study_once"),
        )

    def __str__(self) -> str:
        return self.uid


class SeriesQuerySet(models.QuerySet["Series"]):
    """Series by who may see them."""

    def visible_to(self, user: object) -> SeriesQuerySet:
        """Owned by this user, or of a slide that is shared with them."""
        seen = _seen_by(user, "study__owner", "slide")
        return self.filter(pk__in=Series.objects.filter(seen).values("pk"))


class Series(models.Model):
    """What one machine made in one go; pictures of it become one slide."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="series")
    uid = models.CharField(max_length=UID_LENGTH)
    modality = models.CharField(max_length=16, blank=True, db_index=True)
    number = models.IntegerField(null=True)
    procedure_date = models.CharField(max_length=8, blank=True)
    procedure_time = models.CharField(max_length=16, blank=True)
    attributes = models.JSONField(default=dict)
    slide = models.ForeignKey(
        "slides.Slide", null=True, on_delete=models.SET_NULL, related_name="series"
    )
    prepared_count = models.PositiveIntegerField(default=0)
    """Instances of which the slide was made; more have come if it differs."""
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True, db_index=True)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name_plural = "series"
        constraints = (
            models.UniqueConstraint(fields=("study", "uid"), name="series_once"),
        )

    def __str__(self) -> str:
        return self.uid


class InstanceQuerySet(models.QuerySet["Instance"]):
    """Instances by who may see them."""

    def visible_to(self, user: object) -> InstanceQuerySet:
        """Those of the visible series."""
        return self.filter(series__in=Series.objects.visible_to(user))


class Instance(models.Model):
    """One DICOM object: a file in a folder of server-made name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="instances"
    )
    series = models.ForeignKey(
        Series, on_delete=models.CASCADE, related_name="instances"
    )
    uid = models.CharField(max_length=UID_LENGTH)
    sop_class = models.CharField(max_length=UID_LENGTH, db_index=True)
    transfer_syntax = models.CharField(max_length=UID_LENGTH)
    sha256 = models.CharField(max_length=64)
    """Of the data set without preamble and file meta information, which say only who
    wrote the file."""
    byte_size = models.PositiveBigIntegerField()
    number = models.IntegerField(null=True)
    frame_count = models.PositiveBigIntegerField(default=0)
    """0 for an object without pixels."""
    pixels_at = models.PositiveBigIntegerField(default=0)
    """Where the value of the pixel data begins in the file."""
    frame_bytes = models.PositiveBigIntegerField(default=0)
    """Bytes of an uncompressed frame; 0 where `frames.bin` says where each lies."""
    container_id = models.CharField(max_length=64, blank=True, db_index=True)
    specimen_ids = models.JSONField(default=list)
    attributes = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = InstanceQuerySet.as_manager()

    class Meta:
        ordering = ("number", "created_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("owner", "uid"), name="instance_once"),
        )

    def __str__(self) -> str:
        return self.uid

    @property
    def folder(self) -> Path:
        """`instance.dcm`, `metadata.json`, `frames.bin` and `bulk/`."""
        return Path(settings.DICOM_FOLDER) / str(self.id)

    @property
    def path(self) -> Path:
        """The object as it was received, but for its preamble."""
        return self.folder / "instance.dcm"


class Removed(models.Model):
    """A UID of an object, series or study that its owner had and has deleted."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    uid = models.CharField(max_length=UID_LENGTH)
    removed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-removed_at", "-id")
        verbose_name_plural = "removed"
        constraints = (
            models.UniqueConstraint(fields=("owner", "uid"), name="removed_once"),
        )

    def __str__(self) -> str:
        return self.uid
