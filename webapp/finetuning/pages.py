"""Pages of fine-tune jobs: the list with the form, and the live page of one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from dragonfly.errors import DragonflyError
from webapp.audit.record import client_address
from webapp.finetuning import services
from webapp.finetuning.comparison import compared, scores_of
from webapp.finetuning.curves import curves_of
from webapp.finetuning.fixed_questions import forget_fixed, keep_fixed
from webapp.finetuning.forms import FixedQuestionForm, JobForm
from webapp.finetuning.models import FineTuneJob, FixedQuestion
from webapp.finetuning.sample_answers import samples_of

VERBS = {
    "pause": services.pause_job,
    "resume": services.resume_job,
    "cancel": services.cancel_job,
}
MOST_SHOWN = 100


def administrator(request: HttpRequest) -> Any:
    """The caller; for everybody else there is nothing here."""
    if not getattr(request.user, "is_administrator", False):
        raise Http404
    return request.user


@login_required
def jobs(request: HttpRequest) -> HttpResponse:
    """All jobs, and the form: "estimate" tells what a job would need."""
    user = administrator(request)
    form = JobForm(request.POST or None)
    estimate, refusal = None, services.reason_for_none()
    if request.method == "POST" and form.is_valid():
        try:
            if "estimate" in request.POST:
                estimate = services.checked(form.wanted()).estimate
            else:
                job = services.ask_for_job(form.wanted(), user, client_address(request))
                return redirect("finetune-job", job.pk)
        except DragonflyError as error:
            form.add_error(None, f"{error.message} ({error.code})")
    page = {
        "form": form,
        "estimate": estimate,
        "refusal": refusal,
        "jobs": FineTuneJob.objects.select_related("data_set", "base")[:MOST_SHOWN],
    }
    return render(request, "finetuning/jobs.html", page)


@login_required
def job(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One job as it is now; `?part=live` is what the page asks for again and again."""
    administrator(request)
    kept = ("data_set", "base", "model_version", "created_by")
    found = get_object_or_404(FineTuneJob.objects.select_related(*kept), pk=pk)
    is_part = request.GET.get("part") == "live"
    template = "finetuning/live.html" if is_part else "finetuning/job.html"
    page = {
        "job": found,
        "curves": curves_of(found),
        "samples": samples_of(found, request.user),
        "scores": scores_of(found.evaluation),
    }
    return render(request, template, page)


@login_required
def evaluation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Candidate and active version side by side; 404 before there is a comparison."""
    user = administrator(request)
    found = get_object_or_404(
        FineTuneJob.objects.select_related("model_version"), pk=pk
    )
    if not found.evaluation:
        raise Http404
    page = {"job": found, "told": compared(found.evaluation, user)}
    return render(request, "finetuning/evaluation.html", page)


@login_required
@require_POST
def steer(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Pause, resume or cancel."""
    user = administrator(request)
    if verb not in VERBS:
        raise Http404
    found = get_object_or_404(FineTuneJob, pk=pk)
    try:
        VERBS[verb](found, user, client_address(request))
    except DragonflyError as error:
        messages.error(request, error.message)
    return redirect("finetune-job", pk)


@login_required
def fixed_questions(request: HttpRequest) -> HttpResponse:
    """What each comparison asks both versions, and the form for one more."""
    user = administrator(request)
    form = FixedQuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        question, expected = form.cleaned_data["address"], form.cleaned_data["expected"]
        keep_fixed(question, expected, user, client_address(request))
        return redirect("fixed-questions")
    kept = FixedQuestion.objects.select_related("question__slide", "added_by")
    page = {"form": form, "questions": kept}
    return render(request, "finetuning/fixed_questions.html", page)


@login_required
@require_POST
def remove_fixed_question(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask it no more; comparisons that were made keep it."""
    user = administrator(request)
    found = get_object_or_404(FixedQuestion, pk=pk)
    forget_fixed(found, user, client_address(request))
    return redirect("fixed-questions")
