"""Asking for a job: checked and estimated first, then sent when its turn comes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings

from inference_worker.messages import TrainRequest
from tests.webapp.finetuning.conftest import URL, Ask, requests
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.finetuning.models import FineTuneJob
from webapp.finetuning.services.sending import request_of
from webapp.reviews.models import DataSetVersion, SlideUse
from webapp.slides.models import Slide
from webapp.training.models import ModelVersion


def test_a_job_is_taken_and_sent_with_its_data(
    ask: Ask, data_set: DataSetVersion, active: ModelVersion, data_folder: Path
) -> None:
    response = ask(preset="lora_small", settings={"epochs": 2, "rank": 4})

    assert response.status_code == 202
    body = response.json()
    assert response["Location"] == body["links"]["self"]
    assert (body["state"], body["total"]) == ("queued", 4)
    (message,) = requests()
    request = TrainRequest.from_fields(**message)
    assert request.config["lora"]["rank"] == 4
    assert request.base.digest == request.active.digest == active.digest
    folder = data_folder / "data_sets" / request.data_set
    rows = [json.loads(x) for x in (folder / "train.jsonl").read_text().splitlines()]
    assert len(rows) == 14
    slides = json.loads((folder / "slides.json").read_text())
    slide = Slide.objects.get(digest=rows[0]["slide"])
    assert (folder / slides[slide.digest]).resolve() == slide.path.resolve()
    assert AuditEvent.objects.filter(action="finetune.create").exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"settings": {"rank": 0}}, "from 1 to 512"),
        ({"settings": {"batch_size": 6, "micro_batch_size": 4}}, "multiple"),
        ({"settings": {"batch_size": 3, "processes": 2}}, "the 2 processes"),
        ({"settings": {"seed": 1.5}}, "whole number"),
        ({"settings": {"model": "/etc"}}, "There is no setting"),
        ({"settings": {"precision": "int4"}}, "precision is one of"),
        ({"preset": "projector", "settings": {"rank": 8}}, "does not use"),
    ],
)
def test_settings_that_cannot_be_are_refused(
    ask: Ask, fields: dict[str, Any], words: str
) -> None:
    response = ask(**fields)

    assert response.status_code == 400
    assert response.json()["code"] == "SETTING_INVALID"
    assert words in response.json()["detail"]
    assert not FineTuneJob.objects.exists()


def test_every_preset_makes_a_configuration_that_the_trainer_takes(ask: Ask) -> None:
    from dragonfly.training.args import DataArgs, LoraArgs, OptimizerArgs, RunArgs
    from dragonfly.training.source import Source

    for preset in FineTuneJob.Preset:
        config = ask(preset=preset).json()["config"]
        DataArgs(sources=(Source(name="made"),), **config["data"])
        OptimizerArgs(**config["optimizer"])
        RunArgs(output=Path("run"), **config["run"])
        LoraArgs(**config.get("lora", {}))
        assert ("lora" in config) == preset.startswith("lora")


def test_consent_that_was_withdrawn_counts(ask: Ask, root: User) -> None:
    SlideUse.objects.filter(slide_digest="slide-003").update(consent="refused")

    assert ask().json()["code"] == "CONSENT_WITHDRAWN"


def test_a_slide_that_is_gone_is_told(ask: Ask) -> None:
    Slide.objects.filter(digest="slide-003").delete()

    assert ask().json()["code"] == "SLIDE_MISSING"


def test_a_full_disk_is_told_before_the_start(ask: Ask, settings: Settings) -> None:
    settings.TRAINING_MIN_FREE_BYTES = 1 << 62

    response = ask()

    assert (response.status_code, response.json()["code"]) == (507, "DISK_FULL")


def test_an_estimate_starts_nothing(
    ask: Ask, active: ModelVersion, tmp_path: Path
) -> None:
    sizes = {"hidden_size": 8, "num_hidden_layers": 2, "intermediate_size": 16}
    (tmp_path / "config.json").write_text(
        json.dumps({"text_config": sizes, "dtype": "float32"})
    )
    (tmp_path / "model.safetensors").write_bytes(bytes(40_000))
    ModelVersion.objects.update(path=str(tmp_path))

    small = ask("/estimate", preset="projector").json()
    full = ask("/estimate", preset="full").json()

    assert small["seconds"] is not None
    assert small["memory_bytes"] > 0
    assert small["disk_bytes"] < full["disk_bytes"]
    assert not FineTuneJob.objects.exists()


def test_the_highest_priority_goes_first_and_one_at_a_time(ask: Ask) -> None:
    first = ask(title="first").json()["id"]
    ask(title="low")
    high = ask(title="high", priority=5).json()["id"]
    assert [each["job_id"] for each in requests()] == [first]

    from webapp.finetuning.services import cancel_job, send_next

    cancel_job(FineTuneJob.objects.get(pk=first), User.objects.get(username="root"))
    send_next()

    assert requests()[-1]["job_id"] == high


def test_only_administrators_may(as_alice: Client, as_root: Client) -> None:
    assert as_alice.get(URL).status_code == 403
    assert as_alice.get("/finetune/").status_code == 404
    page = as_root.get("/finetune/").content.decode()
    assert "accept reviews, then freeze a data" in page
    assert "Start the job" not in page


@pytest.mark.django_db
def test_the_form_and_the_command_ask_too(
    as_root: Client, data_set: DataSetVersion, valkey: str, capsys: Any
) -> None:
    fields = {"data_set": data_set.pk, "preset": "projector", "priority": 0}
    estimated = as_root.post("/finetune/", fields | {"estimate": "1"})
    assert "Steps" in estimated.content.decode()
    refused = as_root.post("/finetune/", fields | {"rank": 4})
    assert "SETTING_INVALID" in refused.content.decode()
    made = as_root.post("/finetune/", fields | {"epochs": 1, "processes": 2})
    assert made.status_code == 302
    (job,) = FineTuneJob.objects.all()
    assert request_of(job, job.base).processes == 2
    assert "processes" not in str(job.config)
    call_command(
        "finetune", "create", "--user=root", f"--data-set={data_set.digest[:8]}"
    )
    assert FineTuneJob.objects.count() == 2
    call_command("finetune", "list")
    with pytest.raises(CommandError, match="no administrator"):
        call_command(
            "finetune", "pause", str(made["Location"]).split("/")[-2], "--user=alice"
        )
