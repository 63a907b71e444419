"""REST: who I am, and the tokens with which my scripts sign in."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.accounts.models import ApiToken, User
from webapp.accounts.permissions import IsPersonHere, IsSignedIn
from webapp.accounts.scopes import SCOPES
from webapp.accounts.services import issue_token, revoke_token


class MeSerializer(serializers.ModelSerializer[User]):
    """The caller's own account; the name and address can be changed."""

    class Meta:
        model = User
        fields = (
            "id",
            "username",
            "first_name",
            "last_name",
            "email",
            "role",
            "can_upload",
            "is_administrator",
            "quota_bytes",
        )
        read_only_fields = (
            "id",
            "username",
            "role",
            "can_upload",
            "is_administrator",
            "quota_bytes",
        )


@extend_schema_view(
    get=extend_schema(operation_id="me_read", summary="The caller's account"),
    patch=extend_schema(operation_id="me_update", summary="Change name or address"),
)
class MeView(generics.RetrieveUpdateAPIView[User]):
    """The caller."""

    http_method_names = ("get", "patch", "options")
    permission_classes = (IsSignedIn,)
    serializer_class = MeSerializer

    def get_object(self) -> User:
        assert isinstance(self.request.user, User)  # noqa: S101 -- by IsSignedIn
        return self.request.user


class ScopesField(serializers.ListField):
    """Scopes as a list, which lie as words in the row."""

    child = serializers.ChoiceField(choices=list(SCOPES))

    def to_representation(self, data: Any) -> list[str]:
        return str(data).split()

    def to_internal_value(self, data: Any) -> Any:
        return " ".join(dict.fromkeys(super().to_internal_value(data)))


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    """A token without its secret."""

    username = serializers.SlugRelatedField(
        source="user",
        slug_field="username",
        queryset=User.objects.filter(is_active=True),
        required=False,
        help_text="Whose; administrators may name another, such as an integration.",
    )

    scopes = ScopesField(
        required=False, help_text="What it opens; none named: all but phi.read."
    )

    class Meta:
        model = ApiToken
        fields = (
            "id",
            "username",
            "name",
            "scopes",
            "prefix",
            "created_at",
            "expires_at",
            "last_used_at",
            "revoked_at",
        )
        read_only_fields = ("prefix", "last_used_at", "revoked_at")

    def validate_expires_at(self, value: Any) -> Any:
        """A token that has ended already helps nobody."""
        if value <= timezone.now():
            raise serializers.ValidationError("Choose a time to come.")
        return value

    def validate_username(self, user: User) -> User:
        """A stranger's name is refused in the words for an unknown one."""
        caller = self.context["request"].user
        if user != caller and not caller.is_administrator:
            raise serializers.ValidationError("You can make tokens for yourself alone.")
        return user


class NewTokenSerializer(TokenSerializer):
    """A token with its secret: this answer is the only place that shows it."""

    secret = serializers.CharField(read_only=True)

    class Meta(TokenSerializer.Meta):
        fields = (*TokenSerializer.Meta.fields, "secret")  # type: ignore[assignment]


class TokenQuery(generics.GenericAPIView[ApiToken]):
    """The caller's tokens; an administrator's are everyone's."""

    permission_classes = (IsPersonHere,)
    serializer_class = TokenSerializer
    queryset = ApiToken.objects.select_related("user")

    def get_queryset(self) -> Any:
        user = self.request.user
        tokens = super().get_queryset()
        is_administrator = isinstance(user, User) and user.is_administrator
        return tokens if is_administrator else tokens.filter(user=user.pk)


class TokenListView(TokenQuery, generics.ListAPIView[ApiToken]):
    """List and make tokens."""

    @extend_schema(operation_id="tokens_list", summary="Tokens, newest first")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="token_create",
        summary="Make a token; its secret is shown this once",
        responses={201: NewTokenSerializer},
    )
    def post(self, request: Request) -> Response:
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        fields = asked.validated_data
        token, secret = issue_token(
            request,
            fields.get("user", request.user),
            fields["name"],
            fields.get("expires_at"),
            fields.get("scopes", ""),
        )
        body = {**self.get_serializer(token).data, "secret": secret}
        return Response(body, status.HTTP_201_CREATED)


class TokenView(TokenQuery):
    """One token."""

    @extend_schema(
        operation_id="token_revoke", summary="End a token", responses={204: None}
    )
    def delete(self, request: Request, pk: str) -> Response:
        revoke_token(request, self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)
