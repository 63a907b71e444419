"""How often one caller may call, as REST framework asks."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from webapp.accounts.models import User
from webapp.api.throttle import Limit, seconds_to_wait


class PerCaller(BaseThrottle):
    """Each person and each machine by itself; 429 with Retry-After."""

    def __init__(self) -> None:
        self._wait_s = 0

    def allow_request(self, request: Request, view: Any) -> bool:
        if not isinstance(request.user, User):
            return True
        limit = Limit("rest", settings.REST_PER_MINUTE)
        self._wait_s = seconds_to_wait(limit, str(request.user.pk))
        return not self._wait_s

    def wait(self) -> float | None:
        return self._wait_s or None
