"""The exact pixels that the model was given of one evidence region."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any

from PIL import Image

from dragonfly.errors import SlideError
from dragonfly.geometry import Region
from dragonfly.slide import CropSource, open_slide, read_crop
from inference_worker.messages import event_stream
from webapp.event_stream import BEGINNING, read_after
from webapp.questions.models import Question


@dataclass(frozen=True)
class Crop:
    """Where the pixels are, and how they were read."""

    slide_digest: str
    region: Region
    source: CropSource

    @property
    def etag(self) -> str:
        """The same for the same pixels."""
        named = json.dumps(asdict(self), sort_keys=True)
        return f'"{hashlib.sha256(named.encode()).hexdigest()[:32]}"'


def find_crop(question: Question, number: int) -> Crop | None:
    """The crop of this evidence; None when there is none, or none to read again.

    While the question is open the evidence is in its stream and not yet in a row.
    """
    row = question.evidence.filter(number=number).first()
    if row is not None:
        return crop_of(question, row.region_fields(), row.source)
    told = told_evidence(question, number) if question.is_open else None
    return crop_of(question, told["region"], told.get("source")) if told else None


def told_evidence(question: Question, number: int) -> dict[str, Any] | None:
    """What the stream says of this evidence; the last word counts."""
    told, after = None, BEGINNING
    while found := read_after(event_stream(str(question.pk)), after):
        after = found[-1].id
        for event in found:
            is_it = event.kind == "selected" and event.attempt == question.attempt
            if is_it and event.data["evidence"]["number"] == number:
                told = event.data["evidence"]
    return told


def crop_of(
    question: Question, region: dict[str, int], source: dict[str, Any] | None
) -> Crop | None:
    """Plain values to a crop."""
    if source is None:
        return None
    picture = Region(**source["picture"]) if source.get("picture") else None
    return Crop(
        question.slide_digest,
        Region(**region),
        CropSource(**{**source, "picture": picture}),
    )


def encode_crop(question: Question, crop: Crop) -> bytes:
    """The pixels as a PNG file, without loss.

    Raises:
        SlideError: SLIDE_CHANGED, or the slide cannot be read.
    """
    with open_slide(question.slide.path) as slide:
        if slide.digest != crop.slide_digest:
            raise SlideError(
                "SLIDE_CHANGED",
                "The slide is no longer the one that was asked about, so what the "
                "model saw cannot be shown.",
            )
        pixels = read_crop(slide, crop.region, crop.source)
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=4)
    return buffer.getvalue()
