"""What a role allows, as REST permissions; which records, the querysets decide."""

from __future__ import annotations

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from webapp.accounts.models import User


class IsSignedIn(BasePermission):
    """Anyone with a session or a token."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, User)


class MayUpload(IsSignedIn):
    """Reads for all who are signed in; changes for those who bring slides in."""

    message = "Readers cannot upload or change slides. Ask an administrator."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, User) and (
            request.method in SAFE_METHODS or request.user.can_upload
        )


class IsAdministrator(BasePermission):
    """Manages people and model versions."""

    message = "Only an administrator may do this."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, User) and request.user.is_administrator


class IsPersonHere(BasePermission):
    """A person in a session: a stolen token must not make more tokens."""

    message = "Sign in with your password to do this; a token is not enough."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, User) and request.auth is None
