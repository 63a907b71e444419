"""The page on which an administrator brings in examples from outside."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from dragonfly.errors import DragonflyError
from webapp.accounts.models import User
from webapp.audit.record import client_address
from webapp.reviews.forms import AddForm, ChooseForm
from webapp.reviews.services import import_examples, preview_import
from webapp.reviews.services.importing import PREVIEWED
from webapp.reviews.staging import forget_file, keep_file, kept_file

MOST_ERRORS = 200


@login_required
def examples_import(request: HttpRequest) -> HttpResponse:
    """Choose a file and read what would be added; the second button adds it."""
    if not getattr(request.user, "is_administrator", False):
        raise Http404
    assert isinstance(request.user, User)  # noqa: S101 -- it has signed in
    choose, page = ChooseForm(), {}
    try:
        if "digest" in request.POST:
            return added(request, request.user)
        if request.method == "POST":
            choose = ChooseForm(request.POST, request.FILES)
            page = previewed(choose, request.user) if choose.is_valid() else {}
    except DragonflyError as error:
        messages.error(request, f"{error.message} ({error.code})")
    return render(request, "reviews/import.html", {"choose": choose, **page})


def previewed(choose: ChooseForm, user: User) -> dict[str, Any]:
    """What the file holds, and the form that adds it."""
    content = choose.cleaned_data["file"].read()
    checked = preview_import(content, choose.file_format, user)
    kept = {"digest": keep_file(user, content), "file_format": choose.file_format}
    return {
        "checked": checked,
        "rows": checked.rows[:PREVIEWED],
        "errors": checked.errors[:MOST_ERRORS],
        "add": AddForm(initial=kept),
    }


def added(request: HttpRequest, user: User) -> HttpResponse:
    """Add what was previewed.

    Raises:
        DragonflyError: as `import_examples` and `kept_file`.
    """
    form = AddForm(request.POST)
    if not form.is_valid():
        raise DragonflyError("IMPORT_GONE", "Choose the file again.")
    done = import_examples(
        kept_file(user, form.cleaned_data["digest"]),
        form.cleaned_data["file_format"],
        user,
        skip_errors=form.cleaned_data["skip_errors"],
        address=client_address(request),
    )
    forget_file(user)
    count = len(done.rows)
    messages.success(request, f"{count} example{'' if count == 1 else 's'} added.")
    return redirect("examples-import")
