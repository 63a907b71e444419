"""Slides, shares and uploads as REST shows them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from webapp.accounts.models import User
from webapp.slides.calibration.serializers import CalibrationSerializer
from webapp.slides.models import Slide, SlideAccess, Upload
from webapp.slides.tiles.api import GridSerializer
from webapp.slides.uploads.names import shown_name
from webapp.slides.uploads.part_file import PartFile
from webapp.slides.uploads.protocol import base_path


class SlideNoteSerializer(serializers.Serializer[Any]):
    """A doubt that does not keep the slide from being used."""

    code = serializers.CharField()
    message = serializers.CharField()


class LevelSerializer(serializers.Serializer[Any]):
    """A stored resolution, finest first."""

    width = serializers.IntegerField()
    height = serializers.IntegerField()
    downsample = serializers.FloatField()


class SlideSerializer(serializers.ModelSerializer[Slide]):
    """A slide; only its name can be changed."""

    owner = serializers.CharField(source="owner.username", read_only=True)
    can_edit = serializers.SerializerMethodField()
    has_label = serializers.SerializerMethodField()
    notes = SlideNoteSerializer(many=True, read_only=True)
    levels = LevelSerializer(many=True, read_only=True)
    calibration = CalibrationSerializer(read_only=True, allow_null=True)
    grid = serializers.SerializerMethodField()
    suggested_questions = serializers.ListField(
        child=serializers.CharField(), read_only=True
    )
    thumbnail = serializers.SerializerMethodField()

    class Meta:
        model = Slide
        fields = (
            "id",
            "name",
            "owner",
            "can_edit",
            "state",
            "step",
            "failure_code",
            "failure_message",
            "twin",
            "notes",
            "digest",
            "byte_size",
            "format",
            "vendor",
            "width",
            "height",
            "levels",
            "grid",
            "frame_count",
            "mpp_x",
            "mpp_y",
            "mpp_source",
            "calibration",
            "magnification",
            "tissue_share",
            "has_label",
            "is_demo",
            "suggested_questions",
            "thumbnail",
            "created_at",
            "updated_at",
        )
        read_only_fields = tuple(field for field in fields if field != "name")

    def validate_name(self, name: str) -> str:
        """Plain text on one line."""
        return shown_name(name.replace("/", "\N{FRACTION SLASH}"))

    def get_can_edit(self, slide: Slide) -> bool:
        """The caller may rename, share and delete it."""
        return may_edit(self.context["request"].user, slide)

    def get_has_label(self, slide: Slide) -> bool:
        """There is a label that the caller may see."""
        return slide.has_label and may_edit(self.context["request"].user, slide)

    @extend_schema_field(GridSerializer(allow_null=True))
    def get_grid(self, slide: Slide) -> Any:
        """The viewer's grid; null until the slide can be looked at."""
        return slide.grid or None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_thumbnail(self, slide: Slide) -> str | None:
        """Address of the thumbnail; null until there is one."""
        if not slide.is_viewable:
            return None
        return reverse("api:slide-thumbnail", args=(slide.pk,))


class AccessSerializer(serializers.ModelSerializer[SlideAccess]):
    """A colleague with whom the slide is shared."""

    username = serializers.SlugRelatedField(
        source="user",
        slug_field="username",
        queryset=User.objects.filter(is_active=True),
    )

    class Meta:
        model = SlideAccess
        fields = ("username", "created_at")
        read_only_fields = ("created_at",)


class UploadSerializer(serializers.ModelSerializer[Upload]):
    """An upload of the caller's."""

    received = serializers.SerializerMethodField(help_text="Bytes here.")
    tus_url = serializers.SerializerMethodField()

    class Meta:
        model = Upload
        fields = (
            "id",
            "state",
            "file_name",
            "size",
            "received",
            "folder",
            "relative_path",
            "slide",
            "tus_url",
            "created_at",
            "updated_at",
            "expires_at",
        )
        read_only_fields = fields

    def get_received(self, upload: Upload) -> int:
        """Bytes here, as the file says while it grows."""
        is_growing = upload.state == Upload.State.RECEIVING
        return PartFile(upload.id).size if is_growing else upload.received

    def get_tus_url(self, upload: Upload) -> str:
        """Where to send the rest by tus 1.0."""
        return f"{base_path()}/{upload.id}"


class FormUploadSerializer(serializers.Serializer[Any]):
    """A whole file in one form."""

    file = serializers.FileField(max_length=255)


class FolderSerializer(serializers.Serializer[Any]):
    """A folder whose files have all been sent."""

    name = serializers.CharField(max_length=255, help_text="What to call the slide.")
    files = serializers.IntegerField(min_value=1, help_text="How many were sent.")


def may_edit(user: object, slide: Slide) -> bool:
    """The owner and administrators."""
    if not isinstance(user, User):
        return False
    return user.is_administrator or (slide.owner_id == user.pk and user.can_upload)
