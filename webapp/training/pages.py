"""Pages of model versions: what the site runs, and who decides on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from dragonfly.errors import DragonflyError
from webapp.audit.record import client_address
from webapp.training import services
from webapp.training.card import card_of
from webapp.training.forms import ActivationForm
from webapp.training.gate import checks_of
from webapp.training.models import ActivationRequest, ModelVersion

DECISIONS = {"approve": services.approve, "refuse": services.refuse}
MOST_SHOWN = 100


def about(request: HttpRequest) -> HttpResponse:
    """Open to all; the model's facts only to those who have signed in."""
    known = request.user.is_authenticated
    version = services.active_model_version() if known else None
    card = card_of(version) if version else None
    return render(request, "training/about.html", {"version": version, "card": card})


def administrator(request: HttpRequest) -> Any:
    """The caller; for everybody else there is nothing here."""
    if not getattr(request.user, "is_administrator", False):
        raise Http404
    return request.user


@login_required
def models(request: HttpRequest) -> HttpResponse:
    """All versions, what waits for a decision, and the way back."""
    administrator(request)
    waiting = ActivationRequest.objects.filter(state=ActivationRequest.State.WAITING)
    page = {
        "active": services.active_model_version(),
        "trial": services.open_trial(),
        "waiting": waiting.select_related("version", "asked_by"),
        "versions": ModelVersion.objects.all()[:MOST_SHOWN],
    }
    return render(request, "training/models.html", page)


@login_required
def model(request: HttpRequest, pk: int) -> HttpResponse:
    """One version: facts, rules, and the form that asks for its activation."""
    user = administrator(request)
    version = get_object_or_404(ModelVersion, pk=pk)
    form = ActivationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.ask_for_activation(
                version,
                user,
                reason=form.cleaned_data["reason"],
                share=form.cleaned_data["share"],
                people=list(form.cleaned_data["people"]),
                address=client_address(request),
            )
            return redirect("model", pk)
        except DragonflyError as error:
            form.add_error(None, f"{error.message} ({error.code})")
    requests = version.activation_requests.select_related("asked_by", "decided_by")
    page = {
        "version": version,
        "form": form,
        "card": card_of(version),
        "checks": checks_of(version),
        "requests": requests,
        "is_imported": version.imports.exists(),
        "waiting": [each for each in requests if each.state == each.State.WAITING],
    }
    return render(request, "training/model.html", page)


@login_required
@require_POST
def decide(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Approve or refuse what another administrator asked for."""
    user = administrator(request)
    if verb not in DECISIONS:
        raise Http404
    asked = get_object_or_404(ActivationRequest, pk=pk)
    note = request.POST.get("note", "")
    try:
        DECISIONS[verb](asked, user, note=note, address=client_address(request))
    except DragonflyError as error:
        messages.error(request, f"{error.message} ({error.code})")
    return redirect("model", asked.version_id)


@login_required
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """A version from outside that nothing refers to goes, with its files."""
    user = administrator(request)
    version = get_object_or_404(ModelVersion, pk=pk)
    try:
        services.delete_model_version(version, user, client_address(request))
    except DragonflyError as error:
        messages.error(request, f"{error.message} ({error.code})")
        return redirect("model", pk)
    messages.success(request, f"{version.name} was deleted.")
    return redirect("models")


@login_required
@require_POST
def roll_back(request: HttpRequest) -> HttpResponse:
    """The version before answers again."""
    user = administrator(request)
    try:
        version = services.roll_back(user, client_address(request))
        messages.success(request, f"{version.name} answers again.")
    except DragonflyError as error:
        messages.error(request, f"{error.message} ({error.code})")
    return redirect("models")


@login_required
@require_POST
def end_trial(request: HttpRequest) -> HttpResponse:
    """The active version answers everybody again."""
    services.end_trial(administrator(request), client_address(request))
    return redirect("models")
