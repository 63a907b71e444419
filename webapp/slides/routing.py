"""Sockets of slides."""

from __future__ import annotations

from django.urls import path

from webapp.slides.consumers import SlideConsumer

websocket_urlpatterns = [path("ws/slides/<uuid:pk>", SlideConsumer.as_asgi())]
