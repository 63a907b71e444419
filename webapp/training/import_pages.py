"""Pages on which an administrator brings in models from outside."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from dragonfly.errors import DragonflyError
from webapp.audit.record import client_address
from webapp.training import incoming, services
from webapp.training.forms import ImportFolderForm
from webapp.training.models import ModelImport, ModelVersion
from webapp.training.pages import administrator

MOST_SHOWN = 50


@login_required
def model_imports(request: HttpRequest) -> HttpResponse:
    """What was brought in, and the two ways of bringing in more."""
    user = administrator(request)
    form = ImportFolderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.import_folder(
                form.cleaned_data["folder"],
                user,
                base=form.cleaned_data["base"],
                title=form.cleaned_data["title"],
                address=client_address(request),
            )
            return redirect("model-import", made.pk)
        except DragonflyError as error:
            form.add_error(None, f"{error.message} ({error.code})")
    page = {
        "form": form,
        "folders": incoming.folders(),
        "versions": ModelVersion.objects.all()[:MOST_SHOWN],
        "taken": ",".join(incoming.TAKEN),
        "imports": ModelImport.objects.select_related("created_by", "model_version")[
            :MOST_SHOWN
        ],
    }
    return render(request, "training/model_imports.html", page)


@login_required
def model_import(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far one is; `?part=live` draws what changes alone."""
    administrator(request)
    found = get_object_or_404(
        ModelImport.objects.select_related("created_by", "model_version", "base"), pk=pk
    )
    page = {"import": found, "files": incoming.files_of(found)}
    is_part = request.GET.get("part") == "live"
    name = "import_live" if is_part else "model_import"
    return render(request, f"training/{name}.html", page)


@login_required
@require_POST
def cancel_import(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End one that is open."""
    user = administrator(request)
    found = get_object_or_404(ModelImport, pk=pk)
    try:
        services.cancel_import(found, user, client_address(request))
    except DragonflyError as error:
        messages.error(request, f"{error.message} ({error.code})")
    return redirect("model-import", pk)
