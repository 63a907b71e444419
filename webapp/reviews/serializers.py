"""Reviews, examples and data sets as REST shows and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from webapp.questions.serializers import RegionSerializer
from webapp.reviews.models import DataSetVersion, Review, SlideUse
from webapp.reviews.services.deciding import Edit
from webapp.reviews.services.reviewing import Judgement

MOST_CHARACTERS = 4000
MOST_REGIONS = 20


class EvidenceVerdictSerializer(serializers.Serializer[dict[str, Any]]):
    """Whether an evidence region shows what the answer says, or what does instead."""

    number = serializers.IntegerField(min_value=1)
    verdict = serializers.ChoiceField(choices=["right", "wrong"])
    regions = serializers.ListField(
        child=RegionSerializer(), required=False, max_length=MOST_REGIONS
    )


class ReviewWriteSerializer(serializers.Serializer[Any]):
    """What a person says of an answer."""

    verdict = serializers.ChoiceField(choices=Review.Verdict.choices)
    corrected_answer = serializers.CharField(
        required=False, allow_blank=True, max_length=MOST_CHARACTERS, default=""
    )
    evidence = EvidenceVerdictSerializer(many=True, required=False)
    regions = serializers.ListField(
        child=RegionSerializer(), required=False, max_length=MOST_REGIONS
    )
    comment = serializers.CharField(
        required=False, allow_blank=True, max_length=MOST_CHARACTERS, default=""
    )

    @property
    def judgement(self) -> Judgement:
        """As the service takes it."""
        fields = self.validated_data
        return Judgement(
            verdict=fields["verdict"],
            corrected_answer=fields["corrected_answer"],
            evidence=[plain(item) for item in fields.get("evidence", [])],
            regions=[dict(region) for region in fields.get("regions", [])],
            comment=fields["comment"],
        )


def plain(item: dict[str, Any]) -> dict[str, Any]:
    """Evidence without REST framework's own dictionaries."""
    return {
        "number": item["number"],
        "verdict": item["verdict"],
        "regions": [dict(region) for region in item.get("regions", [])],
    }


class ReviewSerializer(serializers.ModelSerializer[Review]):
    """One version of one person's review."""

    slide = serializers.UUIDField(source="question.slide_id")
    reviewer = serializers.CharField(source="reviewer.username")
    is_mine = serializers.SerializerMethodField()
    evidence = EvidenceVerdictSerializer(many=True)
    regions = RegionSerializer(many=True)
    example = serializers.SerializerMethodField()

    class Meta:
        model = Review
        fields = (
            "id",
            "question",
            "slide",
            "reviewer",
            "is_mine",
            "version",
            "is_current",
            "verdict",
            "corrected_answer",
            "evidence",
            "regions",
            "comment",
            "state",
            "decision_reason",
            "example",
            "created_at",
        )

    def get_is_mine(self, review: Review) -> bool:
        """The caller wrote it."""
        return bool(review.reviewer_id == self.context["request"].user.pk)

    def get_example(self, review: Review) -> int | None:
        """What was made of it."""
        example = getattr(review, "example", None)
        return example.pk if example else None


class AcceptSerializer(serializers.Serializer[Any]):
    """What an administrator changes before accepting."""

    question = serializers.CharField(required=False, max_length=2000)
    answer = serializers.CharField(required=False, max_length=MOST_CHARACTERS)
    region = RegionSerializer(required=False, allow_null=True)
    licence = serializers.CharField(
        required=False, allow_blank=True, max_length=128, default=""
    )

    @property
    def edit(self) -> Edit:
        """As the service takes it."""
        from dragonfly.geometry import Region

        fields = self.validated_data
        region = fields.get("region")
        return Edit(
            fields.get("question"),
            fields.get("answer"),
            Region(**region) if region else None,
            fields["licence"],
        )


class RejectSerializer(serializers.Serializer[Any]):
    """Why nothing is learned from a review."""

    reason = serializers.CharField(
        required=False, allow_blank=True, max_length=1000, default=""
    )


class AgreementSerializer(serializers.Serializer[Any]):
    """How far two people agree on the answers that both have read."""

    reviewers = serializers.ListField(child=serializers.CharField())
    questions = serializers.IntegerField()
    agreement = serializers.FloatField(help_text="Share of equal verdicts, 0 to 1.")
    kappa = serializers.FloatField(
        allow_null=True,
        help_text="Cohen's kappa; null when both always said one and the same.",
    )


class AgreementsSerializer(serializers.Serializer[Any]):
    """Every two people with an answer in common."""

    pairs = AgreementSerializer(many=True)


class SlideUseSerializer(serializers.ModelSerializer[SlideUse]):
    """Whether a slide may be learned from."""

    class Meta:
        model = SlideUse
        fields = ("patient", "consent", "is_deidentified")
        extra_kwargs = {  # noqa: RUF012 -- REST framework's own form
            "consent": {"required": True},
            "is_deidentified": {"required": True},
        }


class RowErrorSerializer(serializers.Serializer[Any]):
    """Why one row cannot be used."""

    row = serializers.IntegerField(help_text="Counted from 1.")
    code = serializers.CharField()
    message = serializers.CharField()


class ImportRowSerializer(serializers.Serializer[Any]):
    """A row that can be added."""

    slide = serializers.UUIDField(source="slide.pk")
    region = RegionSerializer()
    question = serializers.CharField()
    answer = serializers.CharField()
    origin = serializers.CharField()
    licence = serializers.CharField()
    part = serializers.CharField()


class ImportSerializer(serializers.Serializer[Any]):
    """What a file holds, and what was added of it."""

    good = serializers.IntegerField()
    added = serializers.IntegerField()
    refused = RowErrorSerializer(many=True)
    duplicates = serializers.ListField(child=serializers.IntegerField())
    near_duplicates = serializers.ListField(child=serializers.IntegerField())
    preview = ImportRowSerializer(many=True)


class DataSetSerializer(serializers.ModelSerializer[DataSetVersion]):
    """A frozen data set and its card."""

    frozen_by = serializers.CharField(source="frozen_by.username", read_only=True)
    card = serializers.DictField(read_only=True)

    class Meta:
        model = DataSetVersion
        fields = ("id", "name", "digest", "card", "frozen_by", "created_at")
        read_only_fields = ("digest",)
