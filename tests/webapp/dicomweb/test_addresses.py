"""Addresses in answers lead back to the service, whatever stands in front of it."""

from __future__ import annotations

from typing import Any

from django.test import RequestFactory
from pytest_django.fixtures import Settings

from webapp.dicomweb.addresses import base_of


def base(**fields: Any) -> str:
    plain: dict[str, Any] = {"REMOTE_ADDR": "10.0.0.9", "SERVER_PORT": "8000"}
    return base_of(RequestFactory().get("/dicom-web/studies", **(plain | fields)))


def test_the_named_host_is_kept_with_its_port(settings: Settings) -> None:
    assert base(HTTP_HOST="localhost:8042") == "http://localhost:8042/dicom-web"


def test_a_proxy_of_ours_says_what_the_client_sees(settings: Settings) -> None:
    settings.PROXY_COUNT, settings.USE_X_FORWARDED_HOST = 1, True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.ALLOWED_HOSTS = ["pacs.example"]
    told: dict[str, Any] = {
        "HTTP_X_FORWARDED_HOST": "pacs.example:444",
        "HTTP_HOST": "inner:8000",
    }
    found = base(**told, HTTP_X_FORWARDED_PROTO="https")
    assert found == "https://pacs.example:444/dicom-web"


def test_nobody_else_can_say_it() -> None:
    told: dict[str, Any] = {
        "HTTP_X_FORWARDED_HOST": "evil.example",
        "HTTP_HOST": "localhost:80",
    }
    assert base(**told) == "http://localhost:80/dicom-web"


def test_a_client_beside_us_may_leave_the_port_out() -> None:
    found = base(HTTP_HOST="localhost", REMOTE_ADDR="127.0.0.1")
    assert found == "http://localhost:8000/dicom-web"
    assert base(HTTP_HOST="localhost") == "http://localhost/dicom-web"


def test_a_sub_path_is_part_of_it(settings: Settings) -> None:
    settings.FORCE_SCRIPT_NAME = "/pathology"
    assert base(HTTP_HOST="localhost") == "http://localhost/pathology/dicom-web"
