"""DICOMweb's resources (PS3.18 section 10); storing is `store.asgi`'s."""

from __future__ import annotations

from django.urls import path

from webapp.dicomweb import views

app_name = "dicomweb"
urlpatterns = [path("", views.root, name="root")]
