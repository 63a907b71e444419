"""Pages of people: signing in, being locked out, changing the password."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy

from webapp.audit.record import record


class SignIn(views.LoginView):
    """Password managers and pasting work; nothing is asked twice."""

    template_name = "accounts/login.html"
    redirect_authenticated_user = True


class ChangePassword(views.PasswordChangeView):
    """A person's own password."""

    template_name = "accounts/password.html"
    success_url = reverse_lazy("worklist")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        """Change it, say so and record it."""
        response = super().form_valid(form)
        record(self.request, "password.change", on=form.user)
        messages.success(self.request, "Your password is changed.")
        return response


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Too many failures: the sign-in page, closed for a while."""
    page = {"form": AuthenticationForm(request), "is_locked": True}
    return render(request, "accounts/login.html", page, status=429)
