"""What allows one user to see the tiles of one slide, signed.

A grant has two parts. The *address* is part of every tile's URL: it names user, slide,
digest and permission, and stays the same for as long as they do, so that a browser
finds the tile it already has. The *lease* is the same grant with an end a few minutes
ahead; it travels in a cookie of that address, or in the query of a script. Neither is
of use without the other, and neither can be made without the site's key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
import uuid
from dataclasses import dataclass
from functools import cache

from django.conf import settings

VIEW = 1
"""The permission to see the slide's pixels; there is no other yet."""

_BODY = struct.Struct(">BBQ16s8s")
_END = struct.Struct(">I")
_MAC_BYTES = 16
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Grant:
    """This user may do this with the slide while it has this digest."""

    user_id: int
    slide_id: uuid.UUID
    digest_key: bytes
    """`digest_key` of the slide's digest, 8 bytes."""
    permission: int = VIEW

    @property
    def address(self) -> str:
        """The part of a tile's URL that stays: 67 characters of base64url."""
        body = self._body()
        return _text(body + _mac(body, b"address"))

    def lease(self, ends_at: int) -> str:
        """Proof that the grant holds until `ends_at`, in seconds since 1970."""
        end = _END.pack(ends_at)
        return _text(end + _mac(self._body() + end, b"lease"))

    def lease_end(self, lease: str) -> int | None:
        """When a lease of this grant ends, or None if it was not made for it."""
        data = _data(lease, _END.size + _MAC_BYTES)
        if data is None:
            return None
        end, mac = data[: _END.size], data[_END.size :]
        if not hmac.compare_digest(mac, _mac(self._body() + end, b"lease")):
            return None
        return int(_END.unpack(end)[0])

    def _body(self) -> bytes:
        return _BODY.pack(
            _VERSION,
            self.permission,
            self.user_id,
            self.slide_id.bytes,
            self.digest_key,
        )


def read_address(address: str) -> Grant | None:
    """The grant that an address of ours names, or None for every other text."""
    data = _data(address, _BODY.size + _MAC_BYTES)
    if data is None:
        return None
    body, mac = data[: _BODY.size], data[_BODY.size :]
    if not hmac.compare_digest(mac, _mac(body, b"address")):
        return None
    version, permission, user_id, slide_id, digest = _BODY.unpack(body)
    if version != _VERSION:
        return None
    return Grant(user_id, uuid.UUID(bytes=slide_id), digest, permission)


def digest_key(digest: str) -> bytes:
    """Eight bytes that stand for a slide's digest in addresses and entity tags."""
    return hashlib.blake2b(digest.encode(), digest_size=8).digest()


@cache
def _key(secret: str) -> bytes:
    person = b"dragonfly.tiles"
    return hashlib.blake2b(secret.encode(), digest_size=32, person=person).digest()


def _mac(data: bytes, purpose: bytes) -> bytes:
    key = _key(settings.SECRET_KEY)
    keyed = hashlib.blake2b(data, digest_size=_MAC_BYTES, key=key, person=purpose)
    return keyed.digest()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _data(text: str, length: int) -> bytes | None:
    """The bytes behind `text`, only if it is the one way to write `length` bytes."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        return None
    return data if len(data) == length and _text(data) == text else None
