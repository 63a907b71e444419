"""A page of many resources costs the database no more questions than a page of one."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.webapp.fhir.test_reading import program_of
from tests.webapp.fhir.test_searching import make_case
from webapp.accounts.models import User
from webapp.reviews.models import Review

pytestmark = pytest.mark.django_db


def cost(client: Client, resource: str, expected: int) -> int:
    """Queries of one search that finds so many."""
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = client.get(f"/fhir/{resource}?_count=50").json()
    assert found["total"] == len(found["entry"]) == expected
    return len(asked)


@pytest.mark.parametrize(
    ("resource", "each"),
    [("ImagingStudy", 1), ("DiagnosticReport", 1), ("Observation", 2)],
)
def test_the_number_of_queries_stays_the_same(
    alice: User, resource: str, each: int
) -> None:
    client = program_of(alice)
    for number in range(1, 3):
        make_reviewed(alice, number)
    first = cost(client, resource, 2 * each)
    for number in range(3, 9):
        make_reviewed(alice, number)
    assert cost(client, resource, 8 * each) == first


def make_reviewed(owner: User, number: int) -> None:
    question = make_case(owner, number)
    Review.objects.create(question=question, reviewer=owner, verdict="right")
