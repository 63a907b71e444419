"""The page about the site: what it is, what answers, and under which licences."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from webapp.training.services import active_model_version


def about(request: HttpRequest) -> HttpResponse:
    """Open to all; the model's facts only to those who have signed in."""
    version = active_model_version() if request.user.is_authenticated else None
    return render(request, "training/about.html", {"version": version})
