"""One administrator asks, another one decides; both are on record."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dragonfly.errors import DragonflyError
from tests.webapp.factories import make_model_version
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.training import gate
from webapp.training.gate import Check
from webapp.training.models import ActivationRequest, ModelVersion
from webapp.training.services import (
    activate_model_version,
    active_model_version,
    approve,
    ask_for_activation,
    refuse,
)


@pytest.fixture
def all_met() -> Iterator[None]:
    """Somebody compared the versions, and every rule is met."""
    gate.add_teller(lambda _: [Check("Compared", is_met=True, told="40 questions.")])
    gate._tellers.insert(0, gate._tellers.pop())
    yield
    gate._tellers.pop(0)


def code_of(refused: pytest.ExceptionInfo[DragonflyError]) -> str:
    return refused.value.code


@pytest.mark.usefixtures("all_met")
def test_asking_alone_changes_nothing(
    active: ModelVersion, candidate: ModelVersion, ada: User
) -> None:
    asked = ask_for_activation(candidate, ada)
    assert asked.checks == [
        {"rule": "Compared", "is_met": True, "told": "40 questions."}
    ]
    assert active_model_version() == active


@pytest.mark.usefixtures("all_met")
def test_who_asked_cannot_agree(
    active: ModelVersion, candidate: ModelVersion, ada: User
) -> None:
    asked = ask_for_activation(candidate, ada)
    with pytest.raises(DragonflyError) as refused:
        approve(asked, ada)
    assert code_of(refused) == "SECOND_ADMINISTRATOR_NEEDED"
    assert active_model_version() == active


@pytest.mark.usefixtures("all_met")
def test_the_second_one_lets_it_answer(
    active: ModelVersion, candidate: ModelVersion, ada: User, ben: User
) -> None:
    asked = ask_for_activation(candidate, ada, reason="Better on mitoses.")
    approve(asked, ben, note="Seen.", address="192.0.2.7")
    asked.refresh_from_db()
    assert active_model_version() == candidate
    assert (asked.state, asked.decided_by, asked.decision) == ("approved", ben, "Seen.")
    actions = ["model.ask_activation", "model.approved", "model.activate"]
    told = AuditEvent.objects.order_by("id").values_list("action", "actor__username")
    assert list(told) == list(zip(actions, ("ada", "ben", "ben"), strict=True))


@pytest.mark.usefixtures("all_met")
def test_a_refusal_leaves_the_candidate_as_it_is(
    active: ModelVersion, candidate: ModelVersion, ada: User, ben: User
) -> None:
    refuse(ask_for_activation(candidate, ada), ben, note="Too few slides.")
    candidate.refresh_from_db()
    assert (candidate.state, active_model_version()) == ("candidate", active)
    assert ask_for_activation(candidate, ada).state == "waiting"


@pytest.mark.usefixtures("all_met")
def test_nobody_decides_twice(
    active: ModelVersion, candidate: ModelVersion, ada: User, ben: User
) -> None:
    asked = ask_for_activation(candidate, ada)
    refuse(asked, ben)
    with pytest.raises(DragonflyError) as refused:
        approve(asked, ben)
    assert code_of(refused) == "ACTIVATION_DECIDED"
    assert active_model_version() == active


@pytest.mark.usefixtures("all_met")
def test_one_request_waits_at_a_time(
    active: ModelVersion, candidate: ModelVersion, ada: User, ben: User
) -> None:
    ask_for_activation(candidate, ada)
    with pytest.raises(DragonflyError) as refused:
        ask_for_activation(candidate, ben)
    assert code_of(refused) == "ACTIVATION_ASKED_ALREADY"


@pytest.mark.usefixtures("all_met")
def test_a_decision_on_an_old_view_is_refused_and_still_waits(
    active: ModelVersion, candidate: ModelVersion, ada: User, ben: User
) -> None:
    asked = ask_for_activation(candidate, ada)
    other = make_model_version(name="other", state="candidate")
    activate_model_version(other, replacing=active)
    with pytest.raises(DragonflyError) as refused:
        approve(asked, ben)
    assert code_of(refused) == "MODEL_CHANGED"
    asked.refresh_from_db()
    assert asked.state == "waiting"
    assert active_model_version() == other


def test_a_rule_that_is_not_met_needs_a_reason(
    active: ModelVersion, candidate: ModelVersion, ada: User
) -> None:
    with pytest.raises(DragonflyError) as refused:
        ask_for_activation(candidate, ada, reason="  ")
    assert code_of(refused) == "REASON_NEEDED"
    asked = ask_for_activation(
        candidate, ada, reason="Published weights, tried by hand."
    )
    assert [check["is_met"] for check in asked.checks] == [False]


@pytest.mark.usefixtures("all_met")
def test_the_active_version_is_not_asked_for(active: ModelVersion, ada: User) -> None:
    with pytest.raises(DragonflyError) as refused:
        ask_for_activation(active, ada)
    assert code_of(refused) == "MODEL_ACTIVE_ALREADY"
    assert not ActivationRequest.objects.exists()
