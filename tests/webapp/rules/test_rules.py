"""What is asked of slides as they come."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains
from pytest_django.fixtures import Settings

from dragonfly.errors import DragonflyError
from tests.webapp.factories import make_model_version, make_slide, make_user
from tests.webapp.jobs.test_dicom import make_series
from webapp.accounts.models import User
from webapp.dicomweb.attributes import tag_of
from webapp.dicomweb.models import Series
from webapp.jobs.models import Job
from webapp.questions.models import Question
from webapp.rules.facts import Facts, facts_of
from webapp.rules.matching import is_among
from webapp.rules.models import Rule, RuleCheck
from webapp.rules.services import act_on, act_on_missed, explain
from webapp.slides.happened import slide_settled
from webapp.slides.models import Slide
from webapp.training.models import ModelVersion


def make_rule(name: str = "all", **fields: Any) -> Rule:
    plain = {"questions": "Which organ?\n\nWhich stain?"}
    return Rule.objects.create(name=name, **(plain | fields))


def code(value: str, meaning: str) -> dict[str, Any]:
    texts = {"CodeValue": value, "CodeMeaning": meaning}
    return {tag_of(k): {"vr": "SH", "Value": [v]} for k, v in texts.items()}


def items(keyword: str, *found: Any) -> dict[str, Any]:
    return {tag_of(keyword): {"vr": "SQ", "Value": list(found)}}


@pytest.fixture
def slide(alice: User) -> Slide:
    return make_slide(alice)


@pytest.fixture
def stained(slide: Slide, settings: Settings) -> Slide:
    """From DICOM: breast, hematoxylin, as PS3.16 TID 8003 says it."""
    settings.DICOM_FOLDER = settings.DATA_FOLDER / "dicom"
    series = make_series(slide.owner, "1.2.3.1", slide)
    substance = items("ConceptNameCodeSequence", code("424361007", "Using substance"))
    stain = items("ConceptCodeSequence", code("12710003", "hematoxylin stain"))
    step = items("SpecimenPreparationStepContentItemSequence", substance | stain)
    specimen = items("SpecimenPreparationSequence", step) | items(
        "PrimaryAnatomicStructureSequence", code("76752008", "Breast structure")
    )
    instance = series.instances.get()
    instance.folder.mkdir(parents=True)
    metadata = items("SpecimenDescriptionSequence", specimen)
    (instance.folder / "metadata.json").write_text(json.dumps(metadata))
    return slide


def test_facts_come_from_the_specimen(stained: Slide) -> None:
    facts = facts_of(stained)
    assert (facts.source, facts.modality) == ("alice", "SM")
    assert facts.body_sites == ("76752008", "Breast structure")
    assert facts.stains == ("12710003", "hematoxylin stain")


def test_a_broken_header_tells_nothing(stained: Slide) -> None:
    instance = Series.objects.get().instances.get()
    (instance.folder / "metadata.json").write_text('{"00400560": {"Value": [7, null]}}')
    assert facts_of(stained) == Facts("alice", "SM")


@pytest.mark.parametrize(
    ("fields", "fires"),
    [
        ({}, True),
        ({"modality": "SM"}, True),
        ({"modality": "CR, sm"}, True),
        ({"modality": "CR"}, False),
        ({"body_site": "breast"}, True),
        ({"body_site": "76752008"}, True),
        ({"body_site": "7675"}, False),
        ({"body_site": "lung"}, False),
        ({"stain": "Hematoxylin"}, True),
        ({"stain": "eosin"}, False),
        ({"body_site": "breast", "stain": "eosin"}, False),
        ({"is_enabled": False}, False),
    ],
)
def test_which_rules_fit(stained: Slide, fields: dict[str, Any], fires: bool) -> None:
    make_rule(**fields)
    (verdict,) = explain(stained)
    assert verdict.fires is fires


def test_a_rule_names_its_source(slide: Slide, bob: User) -> None:
    make_rule("of Alice", source=slide.owner)
    make_rule("of Bob", source=bob)
    assert [v.fires for v in explain(slide)] == [True, False]


def test_a_slide_that_is_no_dicom_has_no_modality(slide: Slide) -> None:
    make_rule(modality="SM")
    (verdict,) = explain(slide)
    assert verdict.reason == "Does not fit: modality."


def test_the_last_rule_ends_the_list(slide: Slide) -> None:
    make_rule("third", position=30)
    make_rule("first", position=10)
    make_rule("second", position=20, is_last=True)
    assert [(v.rule.name, v.fires) for v in explain(slide)] == [
        ("first", True),
        ("second", True),
        ("third", False),
    ]


def test_a_code_is_compared_whole() -> None:
    assert is_among("CD20", ("CD20",))
    assert not is_among("CD2", ("CD20",))
    assert is_among("CD20", ("stained for CD20 by hand",))


def test_a_slide_that_becomes_ready_is_asked(slide: Slide) -> None:
    version = make_model_version(state=ModelVersion.State.RETIRED)
    make_rule(model_version=version)
    slide_settled.send(Slide, slide=slide)
    job = Job.objects.get()
    assert (job.owner, job.slide, job.state) == (slide.owner, slide, "running")
    texts = Question.objects.order_by("created_at").values_list("text", flat=True)
    assert list(texts) == ["Which organ?", "Which stain?"]
    assert Question.objects.first().model_version == version  # type: ignore[union-attr]


def test_it_is_asked_once(slide: Slide) -> None:
    make_rule()
    assert len(act_on(slide)) == 1
    assert act_on(slide) == []
    assert act_on_missed() == 0


def test_neither_a_failed_slide_nor_the_demo_is_asked(alice: User) -> None:
    make_rule()
    assert act_on(make_slide(alice, state=Slide.State.FAILED)) == []
    assert act_on(make_slide(alice, is_demo=True)) == []


def test_the_clock_finds_what_nobody_told(alice: User) -> None:
    old = make_slide(alice)
    make_rule()
    Slide.objects.filter(pk=old.pk).update(
        created_at=timezone.now() - timedelta(hours=1)
    )
    make_slide(alice)
    assert act_on_missed() == 1
    assert Job.objects.count() == 1


def test_a_full_queue_is_tried_again(slide: Slide, settings: Settings) -> None:
    make_rule()
    settings.MOST_OPEN_JOBS = 0
    with pytest.raises(DragonflyError, match="Try again later"):
        act_on(slide)
    assert not RuleCheck.objects.exists()
    settings.MOST_OPEN_JOBS = 1
    assert len(act_on(slide)) == 1


@pytest.mark.parametrize("text", ["", " \n ", "x\n" * 21, "x" * 2001])
def test_questions_must_be_askable(db: None, text: str) -> None:
    with pytest.raises(ValidationError):
        Rule(name="x", questions=text).full_clean()


@pytest.fixture
def as_root(client: Client, db: None) -> Client:
    client.force_login(make_user("root", User.Role.ADMIN))
    return client


def test_the_dry_run_says_why_and_does_nothing(as_root: Client, stained: Slide) -> None:
    make_rule("breast", body_site="breast")
    make_rule("lung", body_site="lung")
    page = as_root.get(reverse("admin:rules_dry_run"), {"slide": "1.2.3"})
    assertContains(page, "Everything fits.")
    assertContains(page, "Does not fit: body site.")
    assertContains(page, "Breast structure")
    assert not Job.objects.exists()
    nothing = as_root.get(reverse("admin:rules_dry_run"), {"slide": "9.9"})
    assertContains(nothing, "No slide was found.")


def test_the_dry_run_is_for_administrators(as_alice: Client) -> None:
    assert as_alice.get(reverse("admin:rules_dry_run")).status_code == 302


def test_a_rule_is_made_in_the_administration(as_root: Client) -> None:
    form = {"name": "new", "position": "1", "is_enabled": "on", "questions": "What?"}
    as_root.post(reverse("admin:rules_rule_add"), form)
    assert Rule.objects.get().asked == [{"text": "What?"}]
    listed = as_root.get(reverse("admin:rules_rule_changelist"))
    assertContains(listed, reverse("admin:rules_dry_run"))
