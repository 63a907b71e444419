"""The weekly table counts what ended, version by version, and marks what changed."""

from __future__ import annotations

from tests.webapp.drift.conftest import Ended
from tests.webapp.factories import make_model_version
from webapp.drift.shares import Share
from webapp.drift.table import table_of
from webapp.questions.models import Question
from webapp.reviews.models import Review
from webapp.training.models import ModelVersion

UNFAMILIAR = [{"code": "PICTURE_UNFAMILIAR", "message": "Unlike the training."}]


def test_a_week_counts_answers_abstentions_and_verdicts(ended: Ended) -> None:
    ended(0, 2, verdict="right")
    ended(0, 1, verdict="wrong", notes=UNFAMILIAR)
    ended(0, 1, state="failed")

    (week,) = table_of().weeks
    assert (week.answered, week.abstained) == (Share(3, 4), Share(1, 3))
    assert (week.right, week.verdicts) == (Share(2, 3), {"right": 2, "wrong": 1})
    assert week.marked == []


def test_what_a_person_stopped_or_still_waits_for_does_not_count(ended: Ended) -> None:
    ended(0, 1, state="stopped")
    Question.objects.filter(pk=ended(0)[0].pk).update(state="writing", ended_at=None)

    assert table_of().weeks == []


def test_a_review_that_was_replaced_does_not_count(ended: Ended) -> None:
    ended(0, 1, verdict="wrong")
    Review.objects.update(is_current=False)

    assert table_of().weeks[0].right == Share(0, 0)


def test_a_sure_change_is_marked(ended: Ended) -> None:
    ended(2, 15)
    ended(1, 15)
    ended(0, 8, notes=UNFAMILIAR)
    ended(0, 8, state="failed")

    newest, *older = table_of().weeks
    assert newest.marked == ["answered", "abstained"]
    assert [row.marked for row in older] == [[], []]


def test_versions_are_compared_with_themselves_alone(
    ended: Ended, version: ModelVersion
) -> None:
    other = make_model_version(name="other", state="retired")
    ended(1, 30)
    ended(0, 10, version=other, state="failed")

    assert [(row.version, row.marked) for row in table_of().weeks] == [
        (other.pk, []),
        (version.pk, []),
    ]


def test_older_weeks_are_left_out(ended: Ended) -> None:
    ended(3)
    ended(4)

    assert len(table_of(4).weeks) == 1
