"""Where a destination is: its host resolved once, so that it is the one that was meant.

Archives live inside a hospital's network, so private addresses are what is expected;
addresses of no host, of all hosts, and of a cloud's own services are refused.
"""

from __future__ import annotations

import socket
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from dragonfly.errors import DragonflyError
from webapp.webhooks.address import Address, Target


def refused(reason: str) -> DragonflyError:
    """The one refusal of an address."""
    return DragonflyError("DESTINATION_ADDRESS", reason)


def find_url(text: str) -> Target:
    """The URL of DICOMweb services, checked and resolved.

    Raises:
        DragonflyError: DESTINATION_ADDRESS.
    """
    try:
        url = urlsplit(text.rstrip("/"))
        port = url.port or (443 if url.scheme == "https" else 80)
        host = (url.hostname or "").encode("idna").decode()
    except (ValueError, UnicodeError):
        raise refused("The URL of the destination is none.") from None
    if url.scheme not in ("http", "https") or not host or url.query or url.fragment:
        raise refused("The URL begins with https:// and ends before any question mark.")
    if url.username is not None or url.password is not None:
        raise refused("Leave name and password out of the URL.")
    return Target(url, host, find_address(host, port), port)


def find_address(host: str, port: int) -> Address:
    """The first address of this host.

    Raises:
        DragonflyError: DESTINATION_ADDRESS; it has none, or one that is no archive's.
    """
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        found = ip_address(str(rows[0][4][0]).partition("%")[0])
    except (OSError, UnicodeError, ValueError, IndexError):
        raise refused("The host of the destination is not known.") from None
    plain = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    meant = plain or found
    if meant.is_multicast or meant.is_link_local or meant.is_unspecified:
        raise refused("The host of the destination has an address of no archive.")
    return found
