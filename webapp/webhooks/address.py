"""Where a webhook may go: to public addresses over HTTPS, and to hosts that are named.

A name is resolved once, and the connection goes to what was found then, so that a name
which points elsewhere a moment later leads nowhere (DNS rebinding).
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from dragonfly.errors import DragonflyError

Address = IPv4Address | IPv6Address
NAT64 = 0x0064_FF9B << 96


@dataclass(frozen=True)
class Target:
    """An address that was checked, and how to reach it."""

    url: SplitResult
    host: str
    address: Address
    port: int

    @property
    def pinned_url(self) -> str:
        """The same URL with the resolved address for its host."""
        at = f"[{self.address}]" if self.address.version == 6 else str(self.address)
        return self.url._replace(netloc=f"{at}:{self.port}", fragment="").geturl()

    @property
    def host_header(self) -> str:
        """The host as its server knows it."""
        return self.url.netloc


def refused(reason: str) -> DragonflyError:
    """The one refusal of an address."""
    return DragonflyError("WEBHOOK_ADDRESS", reason)


def find_target(text: str) -> Target:
    """Check an address and resolve its name.

    Raises:
        DragonflyError: WEBHOOK_ADDRESS.
    """
    url, host, port = _parts(text)
    is_named = host in settings.WEBHOOK_HOSTS
    if url.scheme != "https" and not is_named:
        raise refused("A webhook's address begins with https://.")
    found = _resolve(host, port)
    if not is_named and not all(map(is_public, found)):
        raise refused(
            "This address leads into a private network. An administrator can allow "
            "its host with WEBHOOK_HOSTS."
        )
    return Target(url, host, found[0], port)


def _parts(text: str) -> tuple[SplitResult, str, int]:
    try:
        url = urlsplit(text)
        port = url.port or (443 if url.scheme == "https" else 80)
        host = (url.hostname or "").encode("idna").decode()
    except (ValueError, UnicodeError):
        raise refused("This is no address.") from None
    is_plain = text.isascii() and text.isprintable() and " " not in text
    if url.scheme not in ("http", "https") or not host or not is_plain:
        raise refused("A webhook's address begins with https:// and names a host.")
    if url.username is not None or url.password is not None:
        raise refused("Leave name and password out of the address.")
    return url, host, port


def _resolve(host: str, port: int) -> list[Address]:
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return [ip_address(str(row[4][0]).partition("%")[0]) for row in rows]
    except (OSError, UnicodeError, ValueError):
        raise refused("The host of this address is not known.") from None


def is_public(address: Address) -> bool:
    """Reachable by everyone, and not a private one in the clothes of IPv6."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or _nat64(address)
        if address.teredo is not None:
            return False
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def _nat64(address: IPv6Address) -> IPv4Address | None:
    """The address within 64:ff9b::/96 (RFC 6052)."""
    number = int(address)
    return IPv4Address(number & 0xFFFF_FFFF) if number >> 32 == NAT64 >> 32 else None
