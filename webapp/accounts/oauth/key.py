"""The site's own key, with which its tokens are signed: P-256, made of `SECRET_KEY`.

Every process of a site makes the same one, so there is no key file to keep; a new
`SECRET_KEY` ends the tokens with the sessions.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from joserfc.jwk import ECKey

ALGORITHM = "ES256"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of P-256 (FIPS 186-5)."""


def signing_key() -> ECKey:
    """The private key; its `kid` is its thumbprint (RFC 7638)."""
    return _key(settings.SECRET_KEY)


def public_keys() -> dict[str, Any]:
    """As others check our tokens: a JSON Web Key Set."""
    key = signing_key().as_dict(private=False)
    return {"keys": [{**key, "alg": ALGORITHM, "use": "sig"}]}


@cache
def _key(secret: str) -> ECKey:
    # 48 bytes for a number of 32: what is left over of the order does not show.
    spread = HKDF(SHA256(), length=48, salt=None, info=b"dragonfly oauth signing key")
    number = int.from_bytes(spread.derive(secret.encode())) % (ORDER - 1) + 1
    private = ec.derive_private_key(number, ec.SECP256R1())
    key = ECKey.import_key(private)
    key.ensure_kid()
    return key
