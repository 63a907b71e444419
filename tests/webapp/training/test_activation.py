"""One version is active; a change names what it replaces and is recorded."""

from __future__ import annotations

import pytest

from dragonfly.errors import DragonflyError
from tests.webapp.factories import make_model_version
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.training.models import ModelVersion
from webapp.training.services import activate_model_version, active_model_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def old() -> ModelVersion:
    return make_model_version(name="old", state="active")


@pytest.fixture
def new() -> ModelVersion:
    return make_model_version(name="new", state="candidate")


def test_the_new_version_takes_over(
    old: ModelVersion, new: ModelVersion, alice: User
) -> None:
    activate_model_version(new, replacing=old, actor=alice, address="192.0.2.7")
    old.refresh_from_db()
    assert (old.state, new.state) == ("retired", "active")
    assert active_model_version() == new
    event = AuditEvent.objects.get(action="model.activate")
    assert (event.actor, event.address) == (alice, "192.0.2.7")
    assert event.details == {"digest": new.digest, "replaced": old.digest}


def test_the_old_version_can_come_back(old: ModelVersion, new: ModelVersion) -> None:
    activate_model_version(new, replacing=old)
    activate_model_version(old, replacing=new)
    assert active_model_version() == old


def test_who_decides_on_an_old_view_is_refused(
    old: ModelVersion, new: ModelVersion
) -> None:
    other = make_model_version(name="other", state="candidate")
    activate_model_version(other, replacing=old)
    with pytest.raises(DragonflyError) as refused:
        activate_model_version(new, replacing=old)
    assert refused.value.code == "MODEL_CHANGED"
    assert active_model_version() == other


def test_who_saw_no_active_version_replaces_none(
    old: ModelVersion, new: ModelVersion
) -> None:
    with pytest.raises(DragonflyError):
        activate_model_version(new, replacing=None)
    assert active_model_version() == old
    assert not AuditEvent.objects.exists()


def test_activating_the_active_version_leaves_it_active(old: ModelVersion) -> None:
    with pytest.raises(DragonflyError):
        activate_model_version(old, replacing=None)
    assert active_model_version() == old
