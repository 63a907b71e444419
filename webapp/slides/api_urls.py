"""REST routes of slides and uploads, under /api/v1/.

`uploads/tus/` is not among them: `webapp.slides.uploads.asgi` answers it before Django.
"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from webapp.slides import api, pictures
from webapp.slides.calibration import api as calibration
from webapp.slides.uploads import api as uploads

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("webapp.slides.tiles.api_urls")),
    path("slides", api.SlideListView.as_view(), name="slides"),
    path("slides/<uuid:pk>", api.SlideView.as_view(), name="slide"),
    path(
        "slides/<uuid:pk>/restore",
        api.SlideRestoreView.as_view(),
        name="slide-restore",
    ),
    path("slides/<uuid:pk>/access", api.SlideAccessView.as_view(), name="slide-access"),
    path(
        "slides/<uuid:pk>/calibration",
        calibration.CalibrationView.as_view(),
        name="slide-calibration",
    ),
    path(
        "slides/<uuid:pk>/thumbnail",
        pictures.ThumbnailView.as_view(),
        name="slide-thumbnail",
    ),
    path("slides/<uuid:pk>/tissue", pictures.TissueView.as_view(), name="slide-tissue"),
    path("slides/<uuid:pk>/label", pictures.LabelView.as_view(), name="slide-label"),
    path("uploads", uploads.UploadListView.as_view(), name="uploads"),
    path("uploads/<uuid:pk>", uploads.UploadView.as_view(), name="upload"),
    path(
        "uploads/folders/<uuid:folder>/complete",
        uploads.FolderView.as_view(),
        name="upload-folder",
    ),
]
