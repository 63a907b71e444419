"""`{% island "src/workspace.ts" %}`: the scripts and styles of one built island."""

from __future__ import annotations

import logging

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_vite.core.exceptions import (
    DjangoViteAssetNotFoundError,
    DjangoViteManifestError,
)
from django_vite.templatetags.django_vite import vite_asset

log = logging.getLogger(__name__)
register = template.Library()
NOT_BUILT = (
    "This part of the page has not been built. Run `make run` or `npm run build`."
)


@register.simple_tag
def island(entry: str) -> SafeString:
    """Tags that load it; where the front end was not built the page says so."""
    try:
        return SafeString(vite_asset(entry))
    except (DjangoViteAssetNotFoundError, DjangoViteManifestError):
        log.warning("%s is not in the front end's manifest.", entry)
        return format_html('<p class="fault">{}</p>', NOT_BUILT)
