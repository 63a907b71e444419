"""The whole site on one page: each app adds its own pages and its own REST routes.

REST routes are named inside "api", as in `reverse("api:me")`; none ends in a slash.
"""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

rest: list[URLPattern | URLResolver] = [
    path("", include("webapp.api.urls")),
    path("", include("webapp.accounts.api_urls")),
    path("", include("webapp.training.api_urls")),
    path("", include("webapp.slides.api_urls")),
    path("", include("webapp.questions.api_urls")),
    path("", include("webapp.reviews.api_urls")),
    path("", include("webapp.results.api_urls")),
    path("", include("webapp.twins.api_urls")),
    path("", include("webapp.delivery.api_urls")),
    path("", include("webapp.dimse.api_urls")),
    path("", include("webapp.finetuning.api_urls")),
    path("", include("webapp.dicomweb.exporting.api_urls")),
    path("", include("webapp.webhooks.api_urls")),
    path("", include("webapp.jobs.api_urls")),
    path("", include("webapp.drift.api_urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("api/v1/", include((rest, "api"))),
    path("", include("webapp.accounts.oauth.urls")),
    path("dicom-web/", include("webapp.dicomweb.urls")),
    path("dicom-web/", include("webapp.worklist.urls")),
    path("fhir/", include("webapp.fhir.urls")),
    path("", include("webapp.accounts.urls")),
    path("", include("webapp.training.urls")),
    path("", include("webapp.slides.urls")),
    path("", include("webapp.questions.urls")),
    path("", include("webapp.reviews.urls")),
    path("", include("webapp.finetuning.urls")),
    path("", include("webapp.drift.urls")),
]

handler400 = "webapp.api.failures.bad_request"
handler403 = "webapp.api.failures.forbidden"
handler404 = "webapp.api.failures.not_found"
handler500 = "webapp.api.failures.server_error"
