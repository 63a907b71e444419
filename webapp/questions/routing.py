"""Every socket of the site."""

from __future__ import annotations

from django.urls import path

from webapp.questions.consumers import QuestionConsumer
from webapp.slides.routing import websocket_urlpatterns as slide_sockets

websocket_urlpatterns = [
    path("ws/questions/<uuid:pk>", QuestionConsumer.as_asgi()),
    *slide_sockets,
]
