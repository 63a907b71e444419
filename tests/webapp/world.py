"""One of each thing that REST has an address for, all of one person's."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

from django.utils import timezone

from tests.webapp.factories import make_model_version, make_question, make_slide
from webapp.accounts.models import ApiToken, User
from webapp.delivery.models import Delivery, Destination
from webapp.dicomweb.models import Instance, Series, Study
from webapp.dimse.models import Fetch
from webapp.finetuning.models import FineTuneJob
from webapp.jobs.models import Job
from webapp.questions.models import Answer, EvidenceRegion, Question
from webapp.results.models import ResultObject
from webapp.reviews.models import DataSetVersion, Review
from webapp.slides.models import Slide, Upload
from webapp.training.models import ActivationRequest, ModelImport, ModelVersion
from webapp.twins.models import Twin
from webapp.webhooks.models import WebhookEndpoint
from webapp.webhooks.secret import draw, seal
from webapp.webhooks.services.announcing import enqueue

UID = "1.2.826.0.1.3680043.8.498.77"
START = "/api/v1/"
PLACE = re.compile(r"<[^>]+>|\{[^}]*\}")
World = dict[str, str]
"""Ids by the words before them, as "webhooks/deliveries"."""


def filled(path: str, world: World) -> str | None:
    """The address with ids of the world; None if something is not in it.

    Args:
        path: from the start of REST's, such as "jobs/{id}/result".
    """
    words: list[str] = []
    told: list[str] = []
    for word in path.split("/"):
        if PLACE.fullmatch(word):
            if (name := "/".join(told)) not in world:
                return None
            words.append(world[name])
        else:
            words.append(word)
            told.append(word)
    return START + "/".join(words)


def make_world(owner: User) -> World:
    """Rows, and the few files beside them that are asked for as they are."""
    slide = make_slide(owner, mpp_x=0.5, mpp_y=0.5, grid=GRID, has_label=True)
    write_pictures(slide)
    version = make_model_version()
    question = make_answered(slide, version)
    return (
        {"slides": str(slide.pk), "questions": str(question.pk)}
        | {"questions/evidence": "1", "models": str(version.pk)}
        | of_dicom(owner, slide, question)
        | of_programs(owner, slide)
        | of_learning(owner, version)
        | of_uploads(owner)
    )


GRID = {"tile": 256, "frames": 1, "steps": []}


def write_pictures(slide: Slide) -> None:
    """Their bytes are handed on, never read."""
    for name in ("derived/thumbnail.jpg", "derived/tissue.png", "private/label.png"):
        path = slide.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"picture")


def make_answered(slide: Slide, version: ModelVersion) -> Question:
    """With one region."""
    question = make_question(slide, state="answered", model_version=version)
    Answer.objects.create(question=question, text="No.", intended_use="Research.")
    EvidenceRegion.objects.create(
        question=question,
        number=1,
        kind="examined",
        rule="attention",
        score=1.5,
        x=100,
        y=200,
        width=400,
        height=300,
        resolution="mid",
        downsample=4.0,
    )
    return question


def of_dicom(owner: User, slide: Slide, question: Question) -> World:
    """The slide's series, its result, twin and deliveries, and where they go."""
    study = Study.objects.create(owner=owner, uid=UID, patient_id="H-1")
    series = Series.objects.create(
        study=study, uid=f"{UID}.1", modality="SM", slide=slide
    )
    instance = Instance.objects.create(
        owner=owner,
        series=series,
        uid=f"{UID}.1.1",
        sop_class="1.2.840.10008.5.1.4.1.1.77.1.6",
        transfer_syntax="1.2.840.10008.1.2.1",
        sha256="0" * 64,
        byte_size=1,
    )
    instance.folder.mkdir(parents=True)
    instance.path.write_bytes(b"DICM")
    result = ResultObject.objects.create(
        question=question, kind="sr", instance=instance
    )
    review = Review.objects.create(question=question, reviewer=owner, verdict="right")
    Twin.objects.create(slide=slide, study_uid=f"{UID}.9", state="ready")
    archive = Destination.objects.create(
        name="archive", kind="dimse", title="OTHER", host="127.0.0.1", port=1
    )
    delivery = Delivery.objects.create(
        instance=instance, destination=archive, state="delivered"
    )
    fetch = Fetch.objects.create(archive=archive, study=UID, requested_by=owner)
    return {
        "studies": UID,
        "results": str(result.pk),
        "reviews": str(review.pk),
        "archives": str(archive.pk),
        "deliveries": str(delivery.pk),
        "fetches": str(fetch.pk),
    }


def of_programs(owner: User, slide: Slide) -> World:
    """A job, a webhook and a token."""
    job = Job.objects.create(owner=owner, slide=slide, asked=[{"text": "What?"}])
    endpoint = WebhookEndpoint.objects.create(
        owner=owner, url="http://127.0.0.1/", sealed_secret=seal(draw())
    )
    token, _ = ApiToken.issue(owner, "other")
    return {
        "jobs": str(job.pk),
        "webhooks": str(endpoint.pk),
        "webhooks/deliveries": str(enqueue(endpoint, "ping", {}).pk),
        "tokens": str(token.pk),
    }


ESTIMATE = {
    "steps": 1,
    "examples": 1,
    "seconds": None,
    "seconds_from": "",
    "memory_bytes": None,
    "disk_bytes": None,
    "free_bytes": 1,
}


def of_learning(owner: User, version: ModelVersion) -> World:
    """A data set, a fine-tune job, a candidate and who asked for it."""
    data_set = DataSetVersion.objects.create(
        name="First", digest="0" * 64, frozen_by=owner
    )
    job = FineTuneJob.objects.create(
        title="A job",
        created_by=owner,
        data_set=data_set,
        base=version,
        preset=FineTuneJob.Preset.LORA_SMALL,
        estimate=ESTIMATE,
    )
    candidate = make_model_version(state=ModelVersion.State.CANDIDATE)
    asked = ActivationRequest.objects.create(
        version=candidate, replacing=version, asked_by=owner
    )
    brought = ModelImport.objects.create(
        folder=str(uuid.uuid4()), is_upload=True, state="receiving", created_by=owner
    )
    return {
        "data-sets": str(data_set.pk),
        "finetune-jobs": str(job.pk),
        "activation-requests": str(asked.pk),
        "models/imports": str(brought.pk),
        "models/imports/files": "config.json",
    }


def of_uploads(owner: User) -> World:
    """One that is under way, in a folder."""
    upload = Upload.objects.create(
        owner=owner,
        file_name="a.svs",
        size=1,
        expires_at=timezone.now() + timedelta(days=1),
        folder=uuid.uuid4(),
        relative_path="a/a.svs",
    )
    return {"uploads": str(upload.pk), "uploads/folders": str(upload.folder)}
