"""Absolute addresses of studies, series and instances, as the client reaches them."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

ROOT = "/dicom-web/"


def base_of(request: HttpRequest) -> str:
    """The service's address without a slash: "https://site/prefix/dicom-web"."""
    return request.build_absolute_uri(reverse("dicomweb:root")).removesuffix("/")


def study_at(base: str, study: str) -> str:
    return f"{base}/studies/{study}"


def series_at(base: str, study: str, series: str) -> str:
    return f"{base}/studies/{study}/series/{series}"


def instance_at(base: str, study: str, series: str, instance: str) -> str:
    return f"{series_at(base, study, series)}/instances/{instance}"
