"""Pages of slides: the worklist, and the workspace in which one slide is looked at."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from webapp.slides.models import Slide, SlideQuerySet

SLIDES_ON_A_PAGE = 48


class WorklistFilter(forms.Form):
    """What to show; nonsense in the address shows everything."""

    CHOICES = (
        ("", "All"),
        ("ready", "Ready"),
        ("busy", "Being prepared"),
        ("failed", "Failed"),
    )
    STATES = {  # noqa: RUF012 -- read alone
        "ready": Slide.VIEWABLE,
        "busy": (Slide.State.CHECKING, Slide.State.PREPARING),
        "failed": (Slide.State.FAILED,),
    }

    q = forms.CharField(
        label="Name contains",
        required=False,
        max_length=255,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = forms.ChoiceField(label="State", choices=CHOICES, required=False)

    def apply(self, slides: SlideQuerySet) -> SlideQuerySet:
        """The slides that fit."""
        self.is_valid()
        if words := self.cleaned_data.get("q"):
            slides = slides.filter(name__icontains=words)
        if state := self.cleaned_data.get("state"):
            slides = slides.filter(state__in=self.STATES[state])
        return slides


@login_required
def worklist(request: HttpRequest) -> HttpResponse:
    """The slides that this person may see, newest first."""
    chosen = WorklistFilter(request.GET)
    slides = Slide.objects.visible_to(request.user).without_duplicates()
    found = Paginator(chosen.apply(slides.select_related("owner")), SLIDES_ON_A_PAGE)
    page = {
        "filter": chosen,
        "is_filtered": any(chosen.cleaned_data.values()),
        "slides": found.get_page(request.GET.get("page")),
    }
    return render(request, "slides/worklist.html", page)


@login_required
def workspace(request: HttpRequest, slide_id: uuid.UUID) -> HttpResponse:
    """One slide with its questions; a stranger learns nothing of it, not even a no."""
    slide = get_object_or_404(Slide.objects.visible_to(request.user), pk=slide_id)
    return render(request, "slides/workspace.html", {"slide": slide})
