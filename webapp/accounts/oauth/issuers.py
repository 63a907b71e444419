"""The one other issuer whose tokens a site may accept, and its public keys."""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path

import httpx
from django.conf import settings
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

FRESH_S = 600.0
AGAIN_S = 30.0
"""A key that is unknown has the set fetched anew, but no more often than this."""
MOST_BYTES = 1 << 20
log = logging.getLogger(__name__)


class Keys:
    """A set of public keys from a file or an address, kept for a while."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._keys: KeySet | None = None
        self._at = -AGAIN_S

    def having(self, kid: str) -> KeySet | None:
        """The set, fetched anew if it is old or has no such key; None without one."""
        age = time.monotonic() - self._at
        is_known = self._keys is not None and any(k.kid == kid for k in self._keys)
        if age > FRESH_S or (not is_known and age > AGAIN_S):
            self._fetch()
        return self._keys

    def _fetch(self) -> None:
        self._at = time.monotonic()
        try:
            self._keys = KeySet.import_key_set(json.loads(_read(self._place)))
        except (OSError, ValueError, httpx.HTTPError, JoseError):
            # What was read before still counts: an issuer that is away for a moment
            # does not lock everyone out.
            log.warning("The keys of the tokens' issuer cannot be read.", exc_info=True)


def _read(place: str) -> bytes:
    if not place.startswith("https://"):
        return Path(place).read_bytes()
    with httpx.Client(timeout=5.0, follow_redirects=False, trust_env=False) as client:
        answer = client.get(place).raise_for_status()
    if len(answer.content) > MOST_BYTES:
        raise ValueError("The key set is too large.")
    return answer.content


_keys: dict[str, Keys] = {}


def issuer_keys(kid: str) -> KeySet | None:
    """The keys of `JWT_ISSUER`; None if there is no such issuer."""
    place = settings.JWT_JWKS
    if not settings.JWT_ISSUER or not place:
        return None
    return _keys.setdefault(place, Keys(place)).having(kid)
