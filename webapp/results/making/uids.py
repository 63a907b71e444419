"""UIDs that follow from what they name: made anew, the same object is the same."""

from __future__ import annotations

import uuid

from django.utils.crypto import salted_hmac

SPACE = uuid.UUID("6f3f9d52-5c0e-4d5b-9a55-0d2c3c2f7c11")


def uid_of(*parts: object) -> str:
    """A UID of PS3.5 section B.2: "2.25." and a name-based UUID as a number.

    Args:
        parts: at least one of them a random UUID or a digest of this site's, so that
            no other site comes to the same.
    """
    name = "/".join(str(part) for part in parts)
    return f"2.25.{uuid.uuid5(SPACE, name).int}"


def device_uid(model_digest: str) -> str:
    """Of one model at this site, for other sites may run the same."""
    here = salted_hmac("dragonfly.device", model_digest, algorithm="sha256")
    return uid_of(here.hexdigest())
