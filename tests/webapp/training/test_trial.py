"""A candidate answers some people first, always the same ones."""

from __future__ import annotations

import pytest

from dragonfly.errors import DragonflyError
from tests.webapp.factories import make_model_version, make_slide, make_user
from webapp.accounts.models import User
from webapp.questions.services import ask_question
from webapp.training.models import ModelVersion, Trial
from webapp.training.services import (
    active_model_version,
    approve,
    ask_for_activation,
    end_trial,
    open_trial,
    version_for,
)

WHY = "To be tried."


def start(
    candidate: ModelVersion, ada: User, ben: User, share: int, *people: User
) -> Trial:
    asked = ask_for_activation(candidate, ada, reason=WHY, share=share, people=people)
    approve(asked, ben)
    trial = open_trial()
    assert trial is not None
    return trial


def test_those_who_are_named_get_it(
    active: ModelVersion, candidate: ModelVersion, ada: User, ben: User, alice: User
) -> None:
    start(candidate, ada, ben, 0, alice)
    assert (version_for(alice), version_for(ben)) == (candidate, active)
    assert active_model_version() == active


def test_a_share_of_the_people_gets_it_and_keeps_it(
    active: ModelVersion, candidate: ModelVersion, ada: User, ben: User
) -> None:
    people = [make_user(f"reader{number}") for number in range(300)]
    start(candidate, ada, ben, 30)
    drawn = [version_for(person) == candidate for person in people]
    # Five standard deviations of a fair draw.
    assert 50 <= sum(drawn) <= 130
    assert drawn == [version_for(person) == candidate for person in people]


def test_their_questions_say_which_version_answers(
    active: ModelVersion,
    candidate: ModelVersion,
    ada: User,
    ben: User,
    alice: User,
    valkey: str,
) -> None:
    start(candidate, ada, ben, 0, alice)
    slide = make_slide(alice)
    asked = ask_question(asker=alice, slide=slide, text="Is there necrosis?")
    other = ask_question(asker=ben, slide=slide, text="Is there necrosis?")
    assert asked.question.model_version == candidate
    assert other.question.model_version == active


def test_ended_everybody_gets_the_active_version(
    active: ModelVersion, candidate: ModelVersion, ada: User, ben: User, alice: User
) -> None:
    start(candidate, ada, ben, 0, alice)
    assert end_trial(ada) is True
    assert version_for(alice) == active
    assert end_trial(ada) is False


def test_a_new_trial_takes_the_place_of_the_old(
    active: ModelVersion, candidate: ModelVersion, ada: User, ben: User, alice: User
) -> None:
    start(candidate, ada, ben, 0, alice)
    other = make_model_version(name="other", state="candidate")
    assert start(other, ada, ben, 0, alice).version == other
    assert version_for(alice) == other


def test_becoming_active_ends_the_trial(
    active: ModelVersion, candidate: ModelVersion, ada: User, ben: User, alice: User
) -> None:
    start(candidate, ada, ben, 0, alice)
    approve(ask_for_activation(candidate, ada, reason=WHY), ben)
    assert open_trial() is None
    assert version_for(ben) == candidate


@pytest.mark.parametrize("share", [-1, 0, 101])
def test_a_share_that_is_none_is_refused(
    active: ModelVersion, candidate: ModelVersion, ada: User, share: int
) -> None:
    with pytest.raises(DragonflyError) as refused:
        ask_for_activation(candidate, ada, reason=WHY, share=share)
    assert refused.value.code == "SHARE_INVALID"
