"""The demo account and slide are made once, and what people did to them stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone

from tests.slides import write_pyramid
from webapp.accounts.models import User
from webapp.launcher import prepare
from webapp.slides.models import Slide


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """A smaller slide than the real one, which takes ten seconds."""

    def draw(folder: Path) -> Path:
        path = folder / "slide.svs"
        write_pyramid(path)
        return path

    monkeypatch.setattr(prepare, "draw_slide", draw)


def test_a_slide_that_setting_up_has_drawn_is_not_drawn_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(prepare, "DRAWN", tmp_path)
    monkeypatch.setattr("subprocess.run", draw_one)
    assert prepare.draw_slide(tmp_path / "fresh").parent.name == "fresh"
    (tmp_path / "drawn.svs").touch()
    assert prepare.draw_slide(tmp_path / "fresh").parent.name == "fresh"
    (tmp_path / ".drawn").touch()
    assert prepare.draw_slide(tmp_path / "fresh") == tmp_path / "drawn.svs"


def draw_one(command: list[str], **_: object) -> None:
    folder = Path(command[-1].removeprefix("--out="))
    folder.mkdir(exist_ok=True)
    (folder / "slide.svs").touch()


@pytest.mark.django_db
def test_the_account_is_made_once_and_its_password_kept_nowhere() -> None:
    password = prepare.demo_account()
    assert password is not None
    demo = User.objects.get(username="demo")
    assert demo.check_password(password)
    assert password not in demo.password
    assert prepare.demo_account() is None
    assert User.objects.get().check_password(password)


@pytest.mark.django_db(transaction=True)
def test_the_slide_is_made_once_with_three_questions(valkey: str, drawn: None) -> None:
    prepare.demo_account()
    assert prepare.demo_slide() is True
    assert prepare.demo_slide() is False
    slide = Slide.objects.get()
    assert slide.is_demo
    assert len(slide.suggested_questions) == 3
    assert (slide.folder / "arrived").is_dir()


@pytest.mark.django_db(transaction=True)
def test_a_deleted_demo_slide_does_not_come_back(valkey: str, drawn: None) -> None:
    prepare.demo_account()
    prepare.demo_slide()
    Slide.objects.update(deleted_at=timezone.now())
    assert prepare.demo_slide() is False


def test_the_questions_are_ones_that_the_model_was_taught() -> None:
    from dragonfly.mini.synthetic.wording import WORDINGS

    taught = {wording for wordings in WORDINGS.values() for wording in wordings}
    assert set(prepare.QUESTIONS) <= taught
