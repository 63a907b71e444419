"""Whether a slide may be learned from: consent, de-identification, and its patient."""

from __future__ import annotations

from typing import Any

from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.reviews.models import SlideUse
from webapp.slides.models import Slide


def set_slide_use(
    slide: Slide, actor: User, fields: dict[str, Any], address: str | None = None
) -> SlideUse:
    """Set consent, patient key and check of the pixels; the audit keeps no key."""
    use, _ = SlideUse.objects.update_or_create(
        slide_digest=slide.digest, defaults={**fields, "set_by": actor}
    )
    AuditEvent.record(
        "slide.set_use",
        actor=actor,
        on=slide,
        address=address,
        consent=use.consent,
        is_deidentified=use.is_deidentified,
    )
    return use
