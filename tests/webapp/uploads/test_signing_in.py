"""A browser's session opens the upload endpoint only together with the page's token."""

from __future__ import annotations

from django.test import Client

from tests.webapp.factories import make_user
from tests.webapp.uploads.tus import ROOT, Reply, send

SECRET = "a" * 32


def create(client: Client, **headers: str) -> Reply:
    session = client.cookies["sessionid"].value
    fields = {
        "Cookie": f"sessionid={session}; csrftoken={SECRET}",
        "Tus-Resumable": "1.0.0",
        "Upload-Length": "5",
        "Host": "localhost",
    }
    return send("POST", ROOT, fields | headers)


def browser() -> Client:
    client = Client()
    client.force_login(make_user("alice"))
    return client


def test_a_page_of_ours_may_upload(upload_threads: None) -> None:
    assert create(browser(), **{"X-CSRFToken": SECRET}).status == 201


def test_a_request_without_the_pages_token_is_refused(upload_threads: None) -> None:
    reply = create(browser())
    assert (reply.status, reply.code) == (403, "CSRF_FAILED")


def test_another_site_is_refused(upload_threads: None) -> None:
    fields = {"X-CSRFToken": SECRET, "Origin": "https://elsewhere.example"}
    assert create(browser(), **fields).status == 403


def test_a_session_that_has_ended_opens_nothing(upload_threads: None) -> None:
    client = browser()
    client.session.flush()
    assert create(client, **{"X-CSRFToken": SECRET}).status == 401
