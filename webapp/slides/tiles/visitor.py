"""Who has asked for tiles lately, so that a signature is checked once and not per tile.

A visitor is one address seen by this process. Once a second it is looked up whether
the slide is still published and the grant not revoked.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from webapp.slides.tiles.grant import Grant, read_address
from webapp.slides.tiles.listing import Listing, is_revoked, read_listing
from webapp.slides.tiles.pool import SlideKey

LOOK_AGAIN_SECONDS = 1.0
_MOST_VISITORS = 4096


@dataclass(eq=False, slots=True)
class Visitor:
    """A grant whose address was signed by us, and what is known of its slide."""

    grant: Grant
    tag: str
    """The part of every entity tag that stands for the slide's pixels."""
    lease: str = ""
    lease_ends: float = 0.0
    looked_at: float = float("-inf")
    is_revoked: bool = False
    listing: Listing | None = None
    keys: dict[int, SlideKey] = field(default_factory=dict)

    def may_enter(self, lease: str, now: float) -> bool:
        """Whether this lease belongs to the grant, has not ended nor been revoked."""
        if lease != self.lease:
            end = self.grant.lease_end(lease)
            if end is None:
                return False
            self.lease, self.lease_ends = lease, end
        self._look(now)
        return now < self.lease_ends and not self.is_revoked

    def key(self, frame: int) -> SlideKey | None:
        """What to open for a frame, or None where slide or frame are gone."""
        listing = self.listing
        if listing is None or listing.digest_key != self.grant.digest_key:
            return None
        key = self.keys.get(frame)
        if key is None and frame < listing.frame_count:
            chosen = frame if listing.frame_count > 1 else None
            key = SlideKey(listing.path, listing.digest_key, chosen)
            self.keys[frame] = key
        return key

    def _look(self, now: float) -> None:
        if now - self.looked_at < LOOK_AGAIN_SECONDS:
            return
        self.looked_at = now
        self.is_revoked = is_revoked(self.grant.slide_id, self.grant.user_id)
        listing = read_listing(self.grant.slide_id)
        if listing != self.listing:
            self.listing = listing
            self.keys.clear()


class Visitors:
    """Visitors by address; the process forgets all of them now and then."""

    def __init__(self) -> None:
        self._known: dict[str, Visitor] = {}

    def find(self, address: str) -> Visitor | None:
        """The visitor of an address that was signed by us, else None."""
        visitor = self._known.get(address)
        if visitor is not None:
            return visitor
        grant = read_address(address)
        if grant is None:
            return None
        if len(self._known) >= _MOST_VISITORS:
            self._known.clear()
        visitor = Visitor(grant, grant.digest_key.hex())
        self._known[address] = visitor
        return visitor
