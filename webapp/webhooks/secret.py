"""The secret with which a webhook is signed: drawn here, sealed in the database.

Whoever reads the database alone can sign nothing: the seal is made of the site's key.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from functools import cache

from cryptography.fernet import Fernet
from django.conf import settings

OPENING = "whsec_"
"""As the Standard Webhooks specification writes them."""


def draw() -> str:
    """A new secret of 256 random bits."""
    return OPENING + base64.b64encode(secrets.token_bytes(32)).decode()


def seal(secret: str) -> str:
    """As it is kept."""
    return _fernet(settings.SECRET_KEY).encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """As it is used.

    Raises:
        InvalidToken: the site's key is another one since.
    """
    return _fernet(settings.SECRET_KEY).decrypt(sealed.encode()).decode()


@cache
def _fernet(site_key: str) -> Fernet:
    digest = hashlib.blake2b(
        site_key.encode(), digest_size=32, person=b"dragonfly.hooks"
    ).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
