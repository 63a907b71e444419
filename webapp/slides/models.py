"""`Upload`, `Slide` and what belongs to it: the record of what the folder holds."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q

DUPLICATE = "UPLOAD_DUPLICATE"
"""Why a slide failed whose bytes are here already, as its `twin`."""


class SlideQuerySet(models.QuerySet["Slide"]):
    """Slides by who may see them."""

    def visible_to(self, user: object) -> SlideQuerySet:
        """Owned by or shared with this user; administrators see all."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        if getattr(user, "is_administrator", False):
            return self.filter(deleted_at=None)
        mine = Q(owner=user) | Q(access__user=user) | Q(is_demo=True)
        return self.filter(mine, deleted_at=None).distinct()

    def without_duplicates(self) -> SlideQuerySet:
        """Those to list: what was sent again is read by its identifier alone."""
        return self.exclude(state=Slide.State.FAILED, failure_code=DUPLICATE)


class Slide(models.Model):
    """A slide: a folder of server-made name with the files that one slide needs."""

    class State(models.TextChoices):
        CHECKING = "checking"
        PREPARING = "preparing"
        READY = "ready"
        READY_WITH_NOTES = "ready_with_notes"
        FAILED = "failed"

    VIEWABLE = (State.READY, State.READY_WITH_NOTES)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="slides"
    )
    name = models.CharField(max_length=255)
    """What people call it: the uploaded file's name unless they change it."""
    state = models.CharField(max_length=20, choices=State, default=State.CHECKING)
    step = models.CharField(max_length=32, blank=True)
    """The running step of the ingest, for the page."""
    failure_code = models.CharField(max_length=64, blank=True)
    failure_message = models.TextField(blank=True)
    notes = models.JSONField(default=list)
    """Doubts that do not keep it from being used: [{"code", "message"}]."""

    entry = models.CharField(max_length=255, blank=True)
    """The file to open, relative to the slide folder: "<id>/original/slide.svs"."""
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    """Of the uploaded bytes, before de-identification."""
    digest = models.CharField(max_length=80, blank=True, db_index=True)
    """`dragonfly.slide.Slide.digest`: what answers and tiles are bound to."""
    byte_size = models.PositiveBigIntegerField(default=0)
    format = models.CharField(max_length=64, blank=True)
    vendor = models.CharField(max_length=64, blank=True)
    width = models.PositiveBigIntegerField(null=True)
    height = models.PositiveBigIntegerField(null=True)
    levels = models.JSONField(default=list)
    """[{"width", "height", "downsample"}], finest first."""
    grid = models.JSONField(default=dict)
    """The viewer's grid of tiles: what `frontend/src/viewer` needs to ask for tiles."""
    frame_count = models.PositiveIntegerField(default=1)
    mpp_x = models.FloatField(null=True)
    mpp_y = models.FloatField(null=True)
    mpp_source = models.CharField(max_length=32, blank=True)
    magnification = models.FloatField(null=True)
    tissue_share = models.FloatField(null=True)
    """0 to 1 of the slide's area; None until the tissue mask is made."""
    has_label = models.BooleanField(default=False)
    """A label or macro image was split off and is kept apart."""
    twin = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    """The slide with the same bytes that was here first, if this is a duplicate."""
    ingest_attempts = models.PositiveSmallIntegerField(default=0)
    """How often the ingest was begun; one that keeps dying is given up."""
    is_demo = models.BooleanField(default=False)
    """The demo slide, which everyone sees."""
    suggested_questions = models.JSONField(default=list)

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True)
    """Hidden since; its files go some days later."""
    files_removed = models.BooleanField(default=False)

    objects = SlideQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.name

    @property
    def folder(self) -> Path:
        """Where all of its files lie: original/, derived/ and private/."""
        return Path(settings.SLIDE_FOLDER) / str(self.id)

    @property
    def path(self) -> Path:
        """The file to open."""
        return Path(settings.SLIDE_FOLDER) / self.entry

    @property
    def is_viewable(self) -> bool:
        """Tiles can be asked for."""
        return self.state in self.VIEWABLE


class SlideAccess(models.Model):
    """A slide shared with a colleague."""

    slide = models.ForeignKey(Slide, on_delete=models.CASCADE, related_name="access")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="slide_access",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("slide", "user"), name="shared_once"),
        )

    def __str__(self) -> str:
        return f"{self.slide_id} with {self.user_id}"


class Calibration(models.Model):
    """The pixel size that a person set; the slide has it until it is withdrawn."""

    slide = models.OneToOneField(
        Slide, on_delete=models.CASCADE, related_name="calibration"
    )
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    set_at = models.DateTimeField()
    line = models.JSONField(null=True)
    """[x, y, x, y] in level-0 pixels; None if the size itself was entered."""
    length_um = models.FloatField(null=True)
    """How long the line is."""

    file_mpp_x = models.FloatField(null=True)
    file_mpp_y = models.FloatField(null=True)
    file_mpp_source = models.CharField(max_length=32, blank=True)
    file_magnification = models.FloatField(null=True)
    file_notes = models.JSONField(default=list)
    """The doubts about the file's pixel size, which do not hold any more."""

    def __str__(self) -> str:
        return f"{self.slide_id} by {self.set_by_id}"


class Upload(models.Model):
    """Bytes arriving; complete, they become a slide."""

    class State(models.TextChoices):
        RECEIVING = "receiving"
        COMPLETE = "complete"
        ABANDONED = "abandoned"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads"
    )
    state = models.CharField(max_length=16, choices=State, default=State.RECEIVING)
    file_name = models.CharField(max_length=255)
    """As the client gave it; shown to people, never a path."""
    size = models.PositiveBigIntegerField()
    """Bytes announced."""
    received = models.PositiveBigIntegerField(default=0)
    """Bytes written when last recorded; the file itself is the truth."""
    folder = models.UUIDField(null=True, blank=True, db_index=True)
    """Uploads with the same one arrive together as the files of one slide."""
    relative_path = models.CharField(max_length=1024, blank=True)
    """Place in that folder: plain names with slashes between, checked on arrival."""
    slide = models.ForeignKey(
        Slide, null=True, on_delete=models.SET_NULL, related_name="uploads"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.file_name
