"""REST routes of model versions, under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webapp.training import activation_api, api, import_api

urlpatterns: list[URLPattern | URLResolver] = [
    path("models", api.ModelVersionListView.as_view(), name="models"),
    path(
        "models/roll-back",
        activation_api.RollBackView.as_view(),
        name="models-roll-back",
    ),
    path("models/<int:pk>", api.ModelVersionView.as_view(), name="model"),
    path("models/<int:pk>/card", api.ModelCardView.as_view(), name="model-card"),
    path(
        "models/incoming",
        import_api.IncomingFoldersView.as_view(),
        name="models-incoming",
    ),
    path("models/imports", import_api.ModelImportsView.as_view(), name="model-imports"),
    path(
        "models/imports/<uuid:pk>",
        import_api.ModelImportView.as_view(),
        name="model-import",
    ),
    path(
        "models/imports/<uuid:pk>/files/<str:name>",
        import_api.ModelImportFileView.as_view(),
        name="model-import-file",
    ),
    path(
        "models/imports/<uuid:pk>/submit",
        import_api.SubmitModelImportView.as_view(),
        name="model-import-submit",
    ),
    path(
        "models/<int:pk>/activation-requests",
        activation_api.AskActivationView.as_view(),
        name="model-ask-activation",
    ),
    path(
        "activation-requests",
        activation_api.ActivationRequestsView.as_view(),
        name="activation-requests",
    ),
    path(
        "activation-requests/<int:pk>/approve",
        activation_api.ApproveView.as_view(),
        name="activation-approve",
    ),
    path(
        "activation-requests/<int:pk>/refuse",
        activation_api.RefuseView.as_view(),
        name="activation-refuse",
    ),
]
