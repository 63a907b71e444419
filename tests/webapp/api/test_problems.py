"""Every error of REST is a problem with a stable code."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from rest_framework import exceptions, serializers
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from dragonfly.errors import DragonflyError
from webapp.api.problems import handle


def answer_to(error: Exception) -> Response:
    class Failing(APIView):
        authentication_classes = ()
        permission_classes = (AllowAny,)

        def get(self, request: Any) -> Response:
            raise error

    answer: Response = Failing.as_view()(APIRequestFactory().get("/"))
    answer.render()
    return answer


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (DragonflyError("QUESTION_EMPTY", "Ask something."), 400, "QUESTION_EMPTY"),
        (DragonflyError("NO_PERMISSION", "Not yours."), 403, "NO_PERMISSION"),
        (DragonflyError("UPLOAD_TOO_LARGE", "Too large."), 413, "UPLOAD_TOO_LARGE"),
        (DragonflyError("UPLOAD_DUPLICATE", "There."), 409, "UPLOAD_DUPLICATE"),
        (DragonflyError("DISK_FULL", "Full."), 507, "DISK_FULL"),
        (Http404("slide 7 of Alice"), 404, "NOT_FOUND"),
        (exceptions.NotFound(), 404, "NOT_FOUND"),
        (PermissionDenied("secret reason"), 403, "NO_PERMISSION"),
        (exceptions.PermissionDenied(), 403, "NO_PERMISSION"),
        (exceptions.Throttled(3), 429, "THROTTLED"),
        (exceptions.ParseError(), 400, "PARSE_ERROR"),
        (exceptions.MethodNotAllowed("PUT"), 405, "METHOD_NOT_ALLOWED"),
    ],
)
def test_an_expected_error_has_its_status_and_code(
    error: Exception, status: int, code: str
) -> None:
    answer = answer_to(error)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status_code, answer.data["status"]) == (status, status)
    assert answer.data["code"] == code


def test_the_words_for_the_user_come_through() -> None:
    body = answer_to(DragonflyError("QUESTION_EMPTY", "Ask something.")).data
    assert body == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "Ask something.",
        "code": "QUESTION_EMPTY",
    }


@pytest.mark.parametrize("error", [Http404("slide of Alice"), PermissionDenied("x")])
def test_an_inner_reason_stays_inside(error: Exception) -> None:
    assert str(error) not in str(answer_to(error).data)


def test_each_fault_stands_at_its_field() -> None:
    detail: dict[str, Any] = {
        "name": ["Too long.", "Odd."],
        "region": {"width": ["Negative."]},
    }
    body = answer_to(serializers.ValidationError(detail)).data
    assert (body["code"], body["detail"]) == ("INVALID", "name: Too long.")
    assert body["fields"] == {
        "name": ["Too long.", "Odd."],
        "region.width": ["Negative."],
    }


def test_a_fault_of_no_field_is_the_detail() -> None:
    body = answer_to(serializers.ValidationError("Both are given.")).data
    assert body["detail"] == "Both are given."


def test_faults_in_a_list_stand_at_their_field() -> None:
    error = serializers.ValidationError({"points": [{}, {"x": ["Negative."]}]})
    assert answer_to(error).data["fields"] == {"points.x": ["Negative."]}


def test_what_nobody_expected_is_left_to_django() -> None:
    assert handle(ZeroDivisionError(), {}) is None


def test_bytes_that_are_no_json_are_a_problem(as_alice: Client) -> None:
    answer = as_alice.patch("/api/v1/me", b"{", "application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "PARSE_ERROR")
