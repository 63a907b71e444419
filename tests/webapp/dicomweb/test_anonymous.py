"""Whoever has not signed in learns nothing from DICOMweb."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.webapp.api.routes import dicomweb_routes

METHODS = ("get", "post", "put", "patch", "delete", "head", "options")


@pytest.mark.django_db
@pytest.mark.parametrize("address", dicomweb_routes())
def test_a_resource_is_closed(client: Client, address: str) -> None:
    for method in METHODS:
        answer = getattr(client, method)(address)
        assert answer.status_code == 401, method


def test_the_walk_finds_the_resources() -> None:
    assert "/dicom-web/studies" in dicomweb_routes()
    assert len(dicomweb_routes()) > 10
