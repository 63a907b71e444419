"""`Room`: whether there is room for one more object of one owner."""

from __future__ import annotations

from django.db.models import Sum

from dragonfly.errors import DragonflyError
from webapp.accounts.models import User
from webapp.dicomweb.models import Instance
from webapp.dicomweb.sandbox.refusal import OUT_OF_RESOURCES, Refusal
from webapp.slides.uploads.quota import refuse_over_quota, used_bytes


class Room:
    """Counts what one request brings on top of what is there.

    Objects count beside the slides that are made of them: both lie on the disk.
    """

    def __init__(self, owner: User) -> None:
        self._owner = owner
        self._held: int | None = None

    def take(self, size: int) -> None:
        """Use some of it.

        Raises:
            Refusal: A700, there is not enough.
        """
        if self._held is None:
            own = Instance.objects.filter(owner=self._owner)
            kept = own.aggregate(total=Sum("byte_size"))["total"] or 0
            self._held = kept + used_bytes(self._owner)
        try:
            refuse_over_quota(self._owner, size, self._held)
        except DragonflyError as error:
            raise Refusal(OUT_OF_RESOURCES, error.message) from None
        self._held += size
