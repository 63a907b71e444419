"""`Sender`: a machine that may call us by DIMSE, and the account that it stores for."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from webapp.delivery.titles import check_title


def check_networks(text: str) -> None:
    """Addresses or networks with commas between them."""
    try:
        networks_of(text)
    except ValueError:
        raise ValidationError(
            "Write addresses such as 10.1.2.3 or networks such as 10.1.2.0/24, with "
            "commas between them."
        ) from None


def networks_of(text: str) -> list[str]:
    """The networks that are named, each as ipaddress writes it."""
    parts = [part.strip() for part in text.split(",")]
    return [str(ip_network(part)) for part in parts if part]


class Sender(models.Model):
    """Whoever is not named here is refused before anything is received."""

    title = models.CharField(
        "AE title",
        max_length=16,
        unique=True,
        validators=[check_title],
        help_text="The title with which the machine calls; capitals count.",
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="dimse_senders",
        limit_choices_to={"role": "integration"},
        help_text="What it sends belongs to this account.",
    )
    addresses = models.CharField(
        max_length=500,
        blank=True,
        validators=[check_networks],
        help_text="From where it may call, such as 10.1.2.3 or 10.1.2.0/24, with "
        "commas between; empty: from everywhere. A title alone is no secret.",
    )
    is_enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title

    def may_call_from(self, address: str) -> bool:
        """It is named for this address, or for all."""
        networks = networks_of(self.addresses)
        try:
            caller = ip_address(address.partition("%")[0])
        except ValueError:
            return not networks
        mapped = getattr(caller, "ipv4_mapped", None)
        return not networks or any(
            (mapped or caller) in ip_network(network) for network in networks
        )


def find_sender(title: str, address: str) -> Sender | None:
    """The machine that may call by this title from there; None if there is none."""
    senders = Sender.objects.select_related("account")
    sender = senders.filter(
        title=title, is_enabled=True, account__is_active=True
    ).first()
    return sender if sender and sender.may_call_from(address) else None
