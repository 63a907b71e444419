"""The usual slide server, to compare with: DeepZoomGenerator and Pillow in Django.

A WSGI application for any server. The slide stays open; its path stands in the
environment as `USUAL_SLIDE`. Tiles are at `/<level>/<column>_<row>.jpeg`.
"""

from __future__ import annotations

import os
from io import BytesIO

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from openslide import OpenSlide
from openslide.deepzoom import DeepZoomGenerator

settings.configure(
    ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="none", MIDDLEWARE=[]
)
_slide = OpenSlide(os.environ["USUAL_SLIDE"])  # noqa: TID251 - a server's only way in
_tiles = DeepZoomGenerator(_slide, tile_size=254, overlap=1, limit_bounds=False)


def tile(request: HttpRequest, level: int, column: int, row: int) -> HttpResponse:
    buffer = BytesIO()
    _tiles.get_tile(level, (column, row)).save(buffer, "JPEG", quality=75)
    return HttpResponse(buffer.getvalue(), content_type="image/jpeg")


urlpatterns = [path("<int:level>/<int:column>_<int:row>.jpeg", tile)]
application = get_wsgi_application()
