"""Acting on rules: a slide that has become ready is looked at once."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from webapp.jobs.models import Job
from webapp.jobs.services import Wish, submit_job
from webapp.questions.models import Question
from webapp.rules.facts import facts_of
from webapp.rules.matching import Verdict, verdicts
from webapp.rules.models import Rule, RuleCheck, RuleRun
from webapp.slides.models import Slide

RECENT = timedelta(days=1)
"""What became ready longer ago was before the rules, or is of no haste."""


def explain(slide: Slide) -> list[Verdict]:
    """Which rules would be acted on for this slide, and why; nothing is done."""
    rules = Rule.objects.select_related("source", "model_version").prefetch_related(
        "destinations"
    )
    return verdicts(list(rules), facts_of(slide))


def act_on(slide: Slide) -> list[Job]:
    """Submit a job for each rule that fits; a slide that was looked at has none.

    Raises:
        DragonflyError: QUEUE_FULL; nothing is done then, and the clock comes back.
    """
    if slide.is_demo or not slide.is_viewable:
        return []
    with transaction.atomic():
        _, is_new = RuleCheck.objects.get_or_create(slide=slide)
        if not is_new:
            return []
        fitting = [verdict.rule for verdict in explain(slide) if verdict.fires]
        return [_run(rule, slide) for rule in fitting]


def _run(rule: Rule, slide: Slide) -> Job:
    wish = Wish(
        asked=rule.asked,
        slide=slide,
        model_version=rule.model_version,
        priority=Question.Priority.LOW,
        details={"rule": rule.pk},
    )
    job = submit_job(slide.owner, wish)
    RuleRun.objects.create(rule=rule, slide=slide, job=job)
    return job


def act_on_missed() -> int:
    """Look at the slides that became ready unseen; returns how many."""
    first = Rule.objects.filter(is_enabled=True).order_by("created_at").first()
    if first is None:
        return 0
    since = max(first.created_at, timezone.now() - RECENT)
    missed = Slide.objects.select_related("owner").filter(
        state__in=Slide.VIEWABLE,
        deleted_at=None,
        is_demo=False,
        rule_check=None,
        created_at__gt=since,
    )
    found = list(missed[:100])
    for slide in found:
        act_on(slide)
    return len(found)
