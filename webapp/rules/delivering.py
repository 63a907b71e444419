"""Results of what a rule asked go to the destinations that it names, once each."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from webapp.delivery.models import Delivery, Destination
from webapp.delivery.services import enqueue
from webapp.dicomweb.models import Instance
from webapp.results.models import ResultObject
from webapp.rules.models import Rule

RECENT = timedelta(days=1)
"""What was made or asked longer ago is left alone when a rule gets a destination."""
AT_ONCE = 200


def deliver_result(result: ResultObject) -> list[Delivery]:
    """Put one result on its way to each destination that a rule names for it.

    The destinations of a rule that is no longer enabled get nothing more.
    """
    named = Destination.objects.filter(
        rules__is_enabled=True, rules__runs__job__items__question=result.question_id
    )
    return [
        delivery
        for destination in named.distinct()
        for delivery in enqueue([result.instance], destination)
    ]


def deliver_missed() -> int:
    """Send what nobody told of, such as an answer that was there before the rule ran.

    Returns how many objects were put on their way.
    """
    return sum(
        len(enqueue(_missed(rule, destination), destination))
        for rule in Rule.objects.filter(is_enabled=True)
        for destination in rule.destinations.all()
    )


def _missed(rule: Rule, destination: Destination) -> list[Instance]:
    since = timezone.now() - RECENT
    run = "result__question__job_items__job__rule_run"
    found = Instance.objects.filter(
        Q(result__created_at__gt=since) | Q(**{f"{run}__at__gt": since}),
        **{f"{run}__rule": rule},
    )
    left = found.exclude(deliveries__destination=destination)
    return list(left.distinct()[:AT_ONCE])
