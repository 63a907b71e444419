"""`{% island "src/worklist.ts" %}`: script and styles of an entry of the front end."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.utils.safestring import SafeString
from django_vite.core.asset_loader import DjangoViteAssetLoader

register = template.Library()


@register.simple_tag
def island(entry: str) -> SafeString:
    """Its tags; nothing where the front end is not built, as pages work without."""
    if not settings.DJANGO_VITE["default"]["manifest_path"].is_file():
        return SafeString("")
    # Safe: the addresses are from the build's own manifest.
    return SafeString(DjangoViteAssetLoader.instance().generate_vite_asset(entry))
