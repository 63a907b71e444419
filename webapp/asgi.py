"""The web process: tiles, uploads, sockets, and Django for everything else.

    uvicorn webapp.asgi:application --http webapp.http_protocol:HttpProtocol

answers everything; `docs/decisions/0011-the-web-server.md` says why, and with how many
processes. Paths may come with the site's prefix (`URL_PREFIX`) or, from a proxy that
cuts it, without.
"""

# ruff: noqa: E402 - Django's apps must be loaded before most of what is imported here.

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
pages: Any = get_asgi_application()

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings

from webapp.api.body_limit import BodyLimit
from webapp.api.cross_origin import CrossOrigin
from webapp.api.forwarded import Forwarded
from webapp.api.request_id import NamedRequests
from webapp.api.uri_limit import UriLimit
from webapp.dicomweb.addresses import ROOT
from webapp.dicomweb.retrieve.quick import FrameApplication
from webapp.dicomweb.store.asgi import StoreApplication
from webapp.jobs.waiting import ROOT as JOBS
from webapp.jobs.waiting import WaitingApplication
from webapp.questions.routing import websocket_urlpatterns
from webapp.slides.tiles.application import TileApplication
from webapp.slides.tiles.decoding import Decoder
from webapp.slides.tiles.made import MadeTiles
from webapp.slides.tiles.pool import SlidePool
from webapp.slides.uploads.asgi import upload_application
from webapp.slides.uploads.protocol import TUS_PATH

UPLOADS = "/api/v1/uploads"
FORM_BYTES = 2**20
"""What a form adds to the file in it."""
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Site:
    """Sends each connection to the application that its path belongs to.

    `http` maps the beginning of a path to an application, which gets the path without
    the site's prefix; `others` gets the rest as it came.
    """

    def __init__(
        self,
        prefix: str,
        http: dict[str, Application],
        others: Application,
        sockets: Application,
    ) -> None:
        self._prefix = prefix
        self._others = others
        self._http = tuple(http.items())
        self._sockets = sockets
        self.at_end: list[Callable[[], None]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind == "http":
            await self._answer(scope, receive, send)
        elif kind == "websocket":
            await self._sockets(self._without_prefix(scope), receive, send)
        elif kind == "lifespan":
            await self._live(receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(self._prefix)
        for beginning, application in self._http:
            if path.startswith(beginning):
                await application(self._without_prefix(scope), receive, send)
                return
        await self._others(scope, receive, send)

    def _without_prefix(self, scope: Scope) -> Scope:
        if not self._prefix:
            return scope
        path = scope["path"].removeprefix(self._prefix)
        return {**scope, "path": path, "root_path": ""}

    async def _live(self, receive: Receive, send: Send) -> None:
        """The server's start and stop (ASGI lifespan)."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                for close in self.at_end:
                    close()
                await send({"type": "lifespan.shutdown.complete"})
                return


class Sockets:
    """The sockets of people who are signed in, from pages of this site."""

    def __init__(self, routes: list[Any]) -> None:
        self._routes = routes
        self._inner = AllowedHostsOriginValidator(
            AuthMiddlewareStack(URLRouter(routes))
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].lstrip("/")
        if any(route.pattern.match(path) for route in self._routes):
            await self._inner(scope, receive, send)
        else:
            await _refuse(scope, receive, send)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    """No such socket: 404 where the server can say so (websocket.http.response)."""
    await receive()
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close"})
        return
    start = {"type": "websocket.http.response.start", "status": 404, "headers": []}
    await send(start)
    await send({"type": "websocket.http.response.body", "body": b""})


def _site() -> Site:
    pool = SlidePool(settings.TILE_OPEN_SLIDES, settings.TILE_MEMORY_BYTES)
    tiles = TileApplication(pool, Decoder(), MadeTiles(settings.TILE_MADE_BYTES))
    others = BodyLimit(pages, settings.REQUEST_MAX_BYTES)
    frames = FrameApplication(others)
    viewers = settings.CORS_ALLOWED_ORIGINS
    site = Site(
        settings.FORCE_SCRIPT_NAME or "",
        {
            "/tiles/": tiles,
            TUS_PATH: upload_application,
            UPLOADS: BodyLimit(pages, settings.UPLOAD_MAX_BYTES + FORM_BYTES),
            ROOT: CrossOrigin(StoreApplication(frames), viewers),
            JOBS: CrossOrigin(WaitingApplication(others), viewers),
        },
        others,
        Sockets(websocket_urlpatterns),
    )
    site.at_end.append(tiles.close)
    site.at_end.append(frames.close)
    return site


def _behind_proxies(site: Application) -> Application:
    """The site as proxies of this setting's kind reach it."""
    tells = settings.PROXY_COUNT and settings.PROXY_HEADER == "Forwarded"
    return Forwarded(site) if tells else site


application = NamedRequests(UriLimit(_behind_proxies(_site())))
