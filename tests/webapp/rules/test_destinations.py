"""Results of what a rule asked go where the rule says, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains
from pytest_django.fixtures import Settings

from tests.webapp.factories import make_question, make_slide, make_user
from tests.webapp.jobs.test_dicom import make_series
from webapp.accounts.models import User
from webapp.delivery.models import Delivery, Destination
from webapp.questions.models import Question
from webapp.results.happened import result_made
from webapp.results.models import ResultObject
from webapp.rules.delivering import deliver_missed
from webapp.rules.models import Rule, RuleRun
from webapp.rules.services import act_on
from webapp.rules.tasks import sweep


@pytest.fixture
def archive(db: None) -> Destination:
    return Destination.objects.create(name="Archive", kind="stow", url="http://pacs/dw")


@pytest.fixture
def rule(archive: Destination) -> Rule:
    rule = Rule.objects.create(name="all", questions="Which organ?")
    rule.destinations.add(archive)
    return rule


@pytest.fixture
def asked(alice: User, rule: Rule) -> Question:
    """By the rule, about a slide that came as DICOM."""
    slide = make_slide(alice)
    make_series(alice, "1.2.3.1", slide)
    act_on(slide)
    return Question.objects.get()


def result_of(question: Question, uid: str = "1.2.3.9") -> ResultObject:
    """A report of this question, as an instance of a series of its own."""
    instance = make_series(question.slide.owner, uid).instances.get()
    return ResultObject.objects.create(question=question, kind="sr", instance=instance)


def told(result: ResultObject) -> None:
    result_made.send_robust(ResultObject, result=result)


def test_a_result_goes_to_each_destination_of_its_rule(
    asked: Question, rule: Rule, archive: Destination
) -> None:
    other = Destination.objects.create(name="Other", kind="stow", url="http://o/dw")
    Destination.objects.create(name="Not named", kind="stow", url="http://n/dw")
    rule.destinations.add(other)
    result = result_of(asked)
    told(result)
    rows = Delivery.objects.filter(instance=result.instance)
    assert {row.destination for row in rows} == {archive, other}


def test_it_goes_once_however_often_it_is_told(asked: Question) -> None:
    result = result_of(asked)
    told(result)
    told(result)
    assert deliver_missed() == 0
    assert Delivery.objects.count() == 1


def test_two_rules_with_the_same_destination_send_it_once(
    asked: Question, archive: Destination, rule: Rule
) -> None:
    second = Rule.objects.create(name="second", questions="Which organ?")
    second.destinations.add(archive)
    job = RuleRun.objects.get().job
    job.pk = None
    job.save()
    job.items.create(number=0, slide=asked.slide, text="?", question=asked)
    RuleRun.objects.create(rule=second, slide=asked.slide, job=job)
    told(result_of(asked))
    assert deliver_missed() == 0
    assert Delivery.objects.count() == 1


def test_what_a_person_asked_goes_nowhere(asked: Question) -> None:
    told(result_of(make_question(asked.slide, state="answered")))
    assert deliver_missed() == 0
    assert not Delivery.objects.exists()


def test_a_rule_that_is_not_enabled_sends_nothing_more(
    asked: Question, rule: Rule
) -> None:
    Rule.objects.update(is_enabled=False)
    told(result_of(asked))
    assert deliver_missed() == 0
    assert not Delivery.objects.exists()


def test_the_clock_finds_what_nobody_told(asked: Question) -> None:
    result = result_of(asked)
    sweep()
    assert Delivery.objects.get().instance == result.instance


def test_an_answer_that_was_there_before_goes_too(asked: Question) -> None:
    result = result_of(asked)
    long_ago = timezone.now() - timedelta(days=30)
    ResultObject.objects.update(created_at=long_ago)
    assert deliver_missed() == 1
    assert Delivery.objects.get().instance == result.instance


def test_a_destination_that_is_named_late_gets_nothing_old(asked: Question) -> None:
    result_of(asked)
    long_ago = timezone.now() - timedelta(days=30)
    ResultObject.objects.update(created_at=long_ago)
    RuleRun.objects.update(at=long_ago)
    assert deliver_missed() == 0


def test_the_dry_run_names_the_destinations(
    client: Client, asked: Question, archive: Destination, settings: Settings
) -> None:
    client.force_login(make_user("root", User.Role.ADMIN))
    address = reverse("admin:rules_dry_run")
    page = client.get(address, {"slide": str(asked.slide_id)})
    assertContains(page, "Archive")
    assertNotContains(page, "did not come as DICOM")
    settings.REPORT_ANSWERS = False
    assertContains(client.get(address, {"slide": "1.2.3"}), "only results that are")
    plain = make_slide(asked.slide.owner, name="plain.svs")
    said = client.get(address, {"slide": str(plain.pk)})
    assertContains(said, "did not come as DICOM")
