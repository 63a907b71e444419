"""What no page leaves out, and what none contains."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client

PAGES = ["/", "/about/", "/password/", "/api/v1/docs", "/nothing", "/login/?x"]
LOADED = re.compile(r'(?:src|href)="([^"]*)"')


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest, as_alice: Client) -> str:
    client = Client() if "login" in request.param else as_alice
    return client.get(request.param).content.decode()


def test_it_says_what_the_site_is_for(page: str) -> None:
    assert settings.INTENDED_USE in page


def test_it_can_be_walked_without_eyes_or_mouse(page: str) -> None:
    assert '<a class="skip" href="#main">' in page
    assert '<html lang="en">' in page
    assert page.count("<h1") == page.count("<main") == 1
    assert '<nav aria-label="Site">' in page


def test_it_has_a_title_of_its_own(page: str) -> None:
    title = re.search(r"<title>(.+) · Dragonfly for pathology</title>", page)
    assert title is not None


def test_nothing_is_loaded_from_elsewhere(page: str) -> None:
    for address in LOADED.findall(page):
        is_cited = address.startswith("https://arxiv.org/")
        assert is_cited or not re.match(r"(https?:)?//", address), address


def test_nothing_is_written_into_it_that_the_policy_refuses(page: str) -> None:
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]+src=)", page)
