"""The worklist's resources (PS3.18 section 11), below `/dicom-web/`."""

from __future__ import annotations

from django.urls import path

from webapp.worklist import views

app_name = "worklist"
ITEM = "workitems/<str:workitem>"
urlpatterns = [
    path("workitems", views.workitems, name="workitems"),
    path(ITEM, views.one, name="workitem"),
    path(f"{ITEM}/state", views.state),
    path(f"{ITEM}/cancelrequest", views.cancel_request),
    path(f"{ITEM}/subscribers/<str:aetitle>", views.subscription),
    path(f"{ITEM}/subscribers/<str:aetitle>/suspend", views.suspension),
]
