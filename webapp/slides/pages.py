"""Pages of slides: the worklist, and the workspace in which one slide is looked at."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from webapp.slides.models import Slide


@login_required
def worklist(request: HttpRequest) -> HttpResponse:
    """The slides that this person may see, newest first."""
    slides = Slide.objects.visible_to(request.user)
    return render(request, "slides/worklist.html", {"slides": slides})


@login_required
def workspace(request: HttpRequest, slide_id: uuid.UUID) -> HttpResponse:
    """One slide with its questions; a stranger learns nothing of it, not even a no."""
    slide = get_object_or_404(Slide.objects.visible_to(request.user), pk=slide_id)
    return render(request, "slides/workspace.html", {"slide": slide})
