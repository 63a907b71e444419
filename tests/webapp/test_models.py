"""Who sees which slide."""

from __future__ import annotations

from tests.webapp.factories import make_slide
from webapp.accounts.models import User
from webapp.slides.models import Slide, SlideAccess


def test_a_slide_is_seen_by_its_owner_and_whom_it_is_shared_with(
    alice: User, bob: User, charlie: User
) -> None:
    slide = make_slide(alice)
    SlideAccess.objects.create(slide=slide, user=bob)
    seen_by = [u for u in (alice, bob, charlie) if Slide.objects.visible_to(u).exists()]
    assert seen_by == [alice, bob]


def test_the_queue_is_reached(valkey: str) -> None:
    from webapp.broker import connection

    assert connection().ping()
