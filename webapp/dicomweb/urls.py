"""DICOMweb's resources (PS3.18 section 10); storing is `store.asgi`'s."""

from __future__ import annotations

from django.urls import path

from webapp.dicomweb import views
from webapp.dicomweb.removal import removal
from webapp.dicomweb.requests import by_method
from webapp.dicomweb.retrieve.bulkdata import bulkdata
from webapp.dicomweb.retrieve.frames import frames
from webapp.dicomweb.retrieve.many_values import all_bulkdata, pixel_data
from webapp.dicomweb.retrieve.metadata import metadata
from webapp.dicomweb.retrieve.objects import objects
from webapp.dicomweb.retrieve.rendered import rendered, rendered_frames
from webapp.dicomweb.retrieve.thumbnails import thumbnail
from webapp.dicomweb.search import views as search

app_name = "dicomweb"
STUDY = "studies/<str:study>"
SERIES = f"{STUDY}/series/<str:series>"
INSTANCE = f"{SERIES}/instances/<str:instance>"
urlpatterns = [
    path("", views.root, name="root"),
    path("studies", search.search_studies, name="studies"),
    path("series", search.search_series, name="series"),
    path("instances", search.search_instances, name="instances"),
    path(f"{STUDY}/series", search.search_series),
    path(f"{STUDY}/instances", search.search_instances),
    path(f"{SERIES}/instances", search.search_instances),
    *[
        path(level, by_method(objects, DELETE=removal))
        for level in (STUDY, SERIES, INSTANCE)
    ],
    path(f"{STUDY}/metadata", metadata),
    path(f"{SERIES}/metadata", metadata),
    path(f"{INSTANCE}/metadata", metadata),
    path(f"{INSTANCE}/frames/<str:numbers>", frames),
    path(f"{STUDY}/rendered", rendered),
    path(f"{SERIES}/rendered", rendered),
    path(f"{INSTANCE}/rendered", rendered),
    path(f"{INSTANCE}/frames/<str:numbers>/rendered", rendered_frames),
    path(f"{STUDY}/thumbnail", thumbnail),
    path(f"{SERIES}/thumbnail", thumbnail),
    path(f"{INSTANCE}/thumbnail", thumbnail),
    path(f"{INSTANCE}/frames/<str:numbers>/thumbnail", thumbnail),
    path(f"{INSTANCE}/bulkdata/<str:name>", bulkdata),
    *[path(f"{level}/bulkdata", all_bulkdata) for level in (STUDY, SERIES, INSTANCE)],
    *[path(f"{level}/pixeldata", pixel_data) for level in (STUDY, SERIES, INSTANCE)],
]
