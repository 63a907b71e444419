"""An uploaded slide gets a DICOM copy as a study of its own, once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dragonfly.errors import DragonflyError
from tests.webapp.factories import make_slide, make_user
from tests.webapp.jobs.test_dicom import make_series
from webapp.accounts.models import User
from webapp.delivery.models import Delivery, Destination
from webapp.dicomweb.models import Instance, Study
from webapp.dicomweb.preparing import prepare_quiet_series, prepare_series
from webapp.slides.models import Slide, SlideAccess
from webapp.twins import services
from webapp.twins.models import Twin
from webapp.twins.services import asking, making
from webapp.twins.tasks import make, sweep

Sent = list[tuple[str, tuple[str, ...]]]


@pytest.fixture
def twin(slide: Slide) -> Twin:
    return services.ask_twin(slide, slide.owner)


def test_it_is_a_study_of_the_owners(twin: Twin, slide: Slide) -> None:
    make(str(twin.pk))
    twin.refresh_from_db()
    assert twin.state == "ready"
    assert 0 < twin.done == twin.total
    study = Study.objects.get()
    assert (study.uid, study.owner) == (twin.study_uid, slide.owner)
    assert [each.number for each in twin.instances] == [1, 2, 3]


def test_it_becomes_no_second_slide(twin: Twin) -> None:
    services.make_twin(twin.pk)
    assert prepare_quiet_series() == 0
    assert prepare_series(Instance.objects.first().series_id) is None  # type: ignore[union-attr]
    assert Slide.objects.count() == 1


def test_it_is_written_once(twin: Twin, slide: Slide) -> None:
    services.make_twin(twin.pk)
    assert services.make_twin(twin.pk) is None
    assert services.ask_twin(slide, slide.owner).state == "ready"
    assert Study.objects.count() == 1


def test_a_slide_without_a_scale_is_refused(slide: Slide) -> None:
    Slide.objects.update(mpp_x=None)
    slide.refresh_from_db()
    with pytest.raises(DragonflyError) as refused:
        services.ask_twin(slide, slide.owner)
    assert refused.value.code == "TWIN_NEEDS_SCALE"


def test_a_slide_that_is_dicom_or_not_ready_is_refused(alice: User) -> None:
    slide = make_slide(alice, mpp_x=0.5, mpp_y=0.5)
    make_series(alice, "1.2.3.1", slide)
    waiting = make_slide(alice, state=Slide.State.CHECKING)
    codes = []
    for each in (slide, waiting):
        with pytest.raises(DragonflyError) as refused:
            services.ask_twin(each, alice)
        codes.append(refused.value.code)
    assert codes == ["TWIN_IS_DICOM", "SLIDE_NOT_READY"]


def test_a_slide_that_cannot_be_read_fails_with_its_reason(
    twin: Twin, slide: Slide
) -> None:
    slide.path.write_bytes(b"no slide")
    made = services.make_twin(twin.pk)
    assert made is not None
    assert (made.state, made.failure_code != "") == ("failed", True)
    assert not Study.objects.exists()
    assert services.ask_twin(slide, slide.owner).state == "waiting"


def test_a_process_that_dies_fails_it(
    twin: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "WRITE_SECONDS", 0)
    made = services.make_twin(twin.pk)
    assert made is not None
    assert made.failure_code == "TWIN_NOT_WRITTEN"


def test_a_try_that_was_lost_is_begun_again(twin: Twin, sent: Sent) -> None:
    past = timezone.now() - timedelta(hours=3)
    Twin.objects.update(state="writing", round=1, next_at=past)
    sent.clear()
    sweep()
    assert sent == [(asking.MAKE, (str(twin.pk),))]
    made = services.make_twin(twin.pk)
    assert made is not None
    assert made.state == "ready"


def test_what_keeps_ending_is_given_up(twin: Twin, sent: Sent) -> None:
    past = timezone.now() - timedelta(hours=3)
    Twin.objects.update(state="writing", round=asking.MOST_TRIES, next_at=past)
    sent.clear()
    sweep()
    twin.refresh_from_db()
    assert (twin.state, twin.failure_code, sent) == ("failed", "TWIN_GAVE_UP", [])


def test_it_goes_when_the_slide_goes(twin: Twin) -> None:
    services.make_twin(twin.pk)
    folders = [each.folder for each in twin.instances] + [Path("/nowhere")]
    Slide.objects.update(files_removed=True, deleted_at=timezone.now())
    sweep()
    assert not Study.objects.exists()
    assert not any(folder.exists() for folder in folders)


def ask(client: Client, slide: Slide, method: str = "post") -> Any:
    return getattr(client, method)(reverse("api:slide-dicom", args=[slide.pk]))


def test_rest_asks_and_tells(as_alice: Client, slide: Slide) -> None:
    assert ask(as_alice, slide, "get").status_code == 404
    asked = ask(as_alice, slide)
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    services.make_twin(Twin.objects.get().pk)
    told = ask(as_alice, slide, "get").json()
    assert (told["state"], told["study_uid"]) == ("ready", Study.objects.get().uid)


def test_strangers_and_readers_of_a_shared_slide_get_none(
    client: Client, slide: Slide, bob: User, twin: Twin
) -> None:
    client.force_login(bob)
    assert ask(client, slide).status_code == 404
    SlideAccess.objects.create(slide=slide, user=bob)
    assert ask(client, slide).status_code == 403
    assert ask(client, slide, "get").status_code == 404


def test_a_refusal_has_a_code(as_alice: Client, slide: Slide) -> None:
    Slide.objects.update(mpp_y=None)
    refused = ask(as_alice, slide)
    assert refused.status_code // 100 == 4
    assert refused.json()["code"] == "TWIN_NEEDS_SCALE"


def test_an_administrator_asks_and_asks_again(client: Client, slide: Slide) -> None:
    client.force_login(make_user("root", User.Role.ADMIN))
    client.post(reverse("admin:twins_twin_add"), {"slide": str(slide.pk)})
    twin = Twin.objects.get()
    Twin.objects.update(state="failed")
    chosen = {"action": "write_again", "_selected_action": str(twin.pk)}
    client.post(reverse("admin:twins_twin_changelist"), chosen)
    twin.refresh_from_db()
    assert twin.state == "waiting"


def test_the_administration_says_why_not(client: Client, alice: User) -> None:
    client.force_login(make_user("root", User.Role.ADMIN))
    slide = make_slide(alice)
    form = {"slide": str(slide.pk)}
    page = client.post(reverse("admin:twins_twin_add"), form, follow=True)
    assert b"Set the scale of the slide first" in page.content
    assert not Twin.objects.exists()


def test_it_is_delivered_as_any_study(as_alice: Client, twin: Twin) -> None:
    made = services.make_twin(twin.pk)
    assert made is not None
    archive = Destination.objects.create(name="A", kind="stow", url="http://pacs/dw")
    wish = {"destination": str(archive.pk), "study": made.study_uid}
    sent = as_alice.post(
        reverse("api:deliveries"), wish, content_type="application/json"
    )
    assert sent.status_code // 100 == 2
    assert {each.instance for each in Delivery.objects.all()} == {*made.instances}
