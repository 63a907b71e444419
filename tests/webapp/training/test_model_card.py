"""The card of a version says what is known, and where nobody knows anything."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.test import Client

from inference_worker.messages import ModelFound
from tests.webapp.conftest import signed_in
from tests.webapp.finetuning.test_running import EVALUATION
from webapp.accounts.models import User
from webapp.finetuning.models import FineTuneJob
from webapp.reviews.models import DataSetVersion
from webapp.training import card, tasks
from webapp.training.models import ModelImport, ModelVersion

MINI = """---
license: "apache-2.0"
---
# Dragonfly-mini

A small research model,
not for patients.

| a | b |
"""


def told(version: ModelVersion) -> dict[str, Any]:
    return card.card_of(version).fields()


def trained(version: ModelVersion, base: ModelVersion, by: User) -> FineTuneJob:
    return FineTuneJob.objects.create(
        title="Job",
        data_set=DataSetVersion.objects.create(
            name="First", digest="f" * 64, frozen_by=by
        ),
        base=base,
        created_by=by,
        preset="lora_small",
        model_version=version,
        step=40,
        total=40,
        config={"optimizer": {"learning_rate": 1e-4}, "lora": {"rank": 8}},
        recipe={"versions": {"dragonfly-pathology": "0.1.0"}},
        evaluation=EVALUATION,
    )


def test_of_a_version_nobody_knows_it_says_so(candidate: ModelVersion) -> None:
    known = told(candidate)

    assert known["summary"] == known["licence"] == card.NOT_TOLD
    assert known["validation"] == card.NOT_COMPARED
    assert known["intended_use"] == settings.INTENDED_USE
    assert known["measures"] == []


def test_the_makers_own_words_are_kept_and_summed_up(db: None) -> None:
    found = ModelFound("mini", "a" * 64, "/models/mini", "v2", card=MINI)
    tasks.record_model(**asdict(found))

    known = told(ModelVersion.objects.get())
    assert known["summary"] == "A small research model, not for patients."
    assert known["licence"] == "apache-2.0"
    assert "Dragonfly v2" in known["mechanism"]
    assert known["makers"] == MINI


def test_a_version_that_was_known_before_gets_its_card(active: ModelVersion) -> None:
    found = ModelFound(active.name, active.digest, active.path, "v1", card=MINI)
    tasks.record_model(**asdict(found))
    tasks.record_model(**asdict(found) | {"card": "Another one."})

    active.refresh_from_db()
    assert active.card_text == MINI


def test_a_job_tells_its_data_recipe_code_and_figures(
    active: ModelVersion, candidate: ModelVersion, ada: User
) -> None:
    trained(candidate, active, ada)

    known = told(candidate)
    facts = {fact["term"]: fact["text"] for fact in known["facts"]}
    assert (
        known["summary"] == "Trained here from old on First: LoRA, small, 40 of 40 "
        "steps."
    )
    assert facts["Data set"] == "First (ffffffffffff)"
    assert facts["Recipe"] == "LoRA, small, 40 steps, learning rate 0.0001, LoRA rank 8"
    assert facts["Code"] == "dragonfly-pathology 0.1.0"
    assert [(m["name"], m["value"], m["low"]) for m in known["measures"]] == [
        ("Right, per cent", 50.0, 40.0),
        ("Right: difference from the version before, points", 50.0, 40.0),
    ]
    assert "It was tested on 2 questions alone." in known["warnings"]


def test_a_model_from_outside_is_warned_of(
    active: ModelVersion, candidate: ModelVersion, ada: User
) -> None:
    ModelImport.objects.create(
        folder="x", base=active, created_by=ada, model_version=candidate
    )

    known = told(candidate)
    assert any("not trained here" in each for each in known["warnings"])
    assert known["facts"] == [{"term": "Base", "text": str(active)}]


def test_everybody_who_is_signed_in_can_read_that_of_the_active_version(
    active: ModelVersion, as_alice: Client
) -> None:
    ModelVersion.objects.update(card_text="Licence: open\n\nMade for tests.")

    page = as_alice.get("/about/").content
    assert b"Made for tests." in page
    assert b"Model card" not in Client().get("/about/").content


def test_it_is_on_the_page_and_in_rest(
    active: ModelVersion, candidate: ModelVersion, ada: User, as_alice: Client
) -> None:
    trained(candidate, active, ada)

    page = signed_in(ada).get(f"/models/{candidate.pk}/").content.decode()
    assert "40.0 to 60.0" in page
    assert "beside the version eeeeeeeeeeee" in page
    found = as_alice.get(f"/api/v1/models/{candidate.pk}/card").json()
    assert found == told(candidate)
    assert as_alice.get("/api/v1/models/999/card").status_code == 404
