"""A real browser finds nothing against the policy, and axe nothing against people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests.browser import (
    EXECUTABLE,
    chromium,
    complaints_of,
    overhangs,
    violations,
    violations_in_every_look,
    window,
)
from tests.webapp.conftest import signed_in
from tests.webapp.factories import make_slide, make_user
from tests.webapp.world import World, make_world
from webapp.accounts.models import User
from webapp.api import failures

PLAIN = (
    *("worklist", "about", "password", "models", "model-imports", "models-drift"),
    *("finetune-jobs", "fixed-questions", "examples-import"),
)
"""The names of own pages whose addresses contain no id."""
FAILURES: dict[str, Callable[[], HttpResponse]] = {
    "400": lambda: failures.bad_request(asking(), ValueError()),
    "403": lambda: failures.forbidden(asking(), PermissionError()),
    "stale": lambda: failures.stale_form(asking()),
    "500": lambda: failures.server_error(asking()),
}

pytestmark = pytest.mark.skipif(not EXECUTABLE.exists(), reason="no Chromium here")


@pytest.fixture(scope="module", autouse=True)
def beside_an_event_loop() -> Iterator[None]:
    """Playwright keeps a loop in this thread, which Django takes for async code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")
        yield


@pytest.fixture(scope="module")
def browser(beside_an_event_loop: None) -> Iterator[Browser]:
    with chromium() as started:
        yield started


@dataclass(frozen=True)
class Site:
    """A site with one of each thing, and slides in every state."""

    url: str
    user: User
    session: str
    world: World

    def own_pages(self) -> list[str]:
        """All but the administration's."""
        plain = (
            "worklist",
            "about",
            "password",
            "models",
            "model-imports",
            "models-drift",
        )
        learning = ("finetune-jobs", "fixed-questions", "examples-import")
        return [
            *(reverse(name) for name in (*plain, *learning)),
            f"{reverse('worklist')}?q=nothing-like-it",
            reverse("model", args=[self.world["models"]]),
            reverse("model-import", args=[self.world["models/imports"]]),
            reverse("finetune-job", args=[self.world["finetune-jobs"]]),
            "/no-such-page",
        ]

    def admin_pages(self) -> list[str]:
        """Each list of the administration, and each empty form that it has."""
        request = RequestFactory().get("/")
        request.user = self.user
        pages = [reverse("admin:index")]
        for model, options in admin.site._registry.items():
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            pages.append(reverse(f"{name}_changelist"))
            if options.has_add_permission(request):
                pages.append(reverse(f"{name}_add"))
        return pages


@pytest.fixture
def site(live_server: LiveServer, valkey: str) -> Site:
    user = make_user("root", User.Role.ADMIN)
    world = make_world(user)
    for state in ("ready", "ready_with_notes", "preparing", "failed"):
        slide = make_slide(user, state=state, failure_message="It is damaged.")
        derived = slide.folder / "derived"
        derived.mkdir(parents=True)
        Image.new("RGB", (64, 32), "plum").save(derived / "thumbnail.jpg")
    session = signed_in(user).cookies["sessionid"].value
    return Site(live_server.url, user, session, world)


def asking() -> HttpRequest:
    """A request that nobody has signed in for."""
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return request


def test_no_page_breaks_the_policy(browser: Browser, site: Site) -> None:
    with window(browser, site.url, site.session) as context:
        complaints = complaints_of(context)
        page = context.new_page()
        for path in (*site.own_pages(), "/api/v1/docs", *site.admin_pages()):
            open_page(page, path)
    expected = "Failed to load resource: the server responded with a status of 404"
    assert [c for c in complaints if not c.startswith(expected)] == []
    assert len(complaints) == 1


def open_page(page: Page, path: str) -> None:
    """The page itself, not what stands for one that failed."""
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == (404 if path == "/no-such-page" else 200), path
    if path.endswith("docs"):
        page.wait_for_selector("#operations-health-health")


def test_own_pages_suit_everybody(browser: Browser, site: Site) -> None:
    with window(browser, site.url, site.session, bypass_csp=True) as context:
        page = context.new_page()
        found = {}
        for path in site.own_pages():
            open_page(page, path)
            found[path] = [*violations_in_every_look(page), *overhangs(page)]
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_the_administration_suits_everybody(browser: Browser, site: Site) -> None:
    with window(browser, site.url, site.session, bypass_csp=True) as context:
        page = context.new_page()
        found = {}
        for path in ("/api/v1/docs", *site.admin_pages()):
            open_page(page, path)
            found[path] = violations(page)
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_the_administration_suits_everybody_at_night(
    browser: Browser, site: Site
) -> None:
    places = ("index", "slides_slide_changelist", "accounts_user_add")
    with window(browser, site.url, site.session, bypass_csp=True) as context:
        page = context.new_page()
        page.emulate_media(color_scheme="dark")
        for place in places:
            open_page(page, reverse(f"admin:{place}"))
            assert violations(page) == [], place


@pytest.mark.parametrize("kind", FAILURES)
def test_pages_of_failures_suit_everybody(
    browser: Browser, live_server: LiveServer, kind: str
) -> None:
    body = FAILURES[kind]().content.decode()
    with window(browser, live_server.url, bypass_csp=True) as context:
        page = context.new_page()
        page.route("**/failed", lambda route: route.fulfill(body=body))
        page.goto("/failed")
        assert page.get_by_role("heading", level=1).count() == 1
        assert [*violations_in_every_look(page), *overhangs(page)] == []


def test_the_door_suits_everybody_and_opens(
    browser: Browser, live_server: LiveServer
) -> None:
    user = make_user("dora")
    user.set_password("correct horse battery staple")
    user.save()
    with window(browser, live_server.url, bypass_csp=True) as context:
        page = context.new_page()
        page.goto("/password/")
        assert violations_in_every_look(page) == []
        page.get_by_label("User name").fill("dora")
        page.get_by_label("Password").fill("correct horse battery staple")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="Change your password").wait_for()
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("heading", name="Sign in").wait_for()


def test_pages_work_without_scripts(browser: Browser, site: Site) -> None:
    with window(browser, site.url, site.session, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_label("State").select_option("failed")
        page.get_by_role("button", name="Show", exact=True).click()
        assert page.locator(".slide").count() == 1
        page.get_by_role("button", name="Sign out").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Sign in"
