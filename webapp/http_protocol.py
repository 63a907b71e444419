"""`HttpProtocol`: uvicorn's HTTP, with one write an answer and bodies without copies.

    uvicorn webapp.asgi:application --http webapp.http_protocol:HttpProtocol

uvicorn writes a head as soon as the application gives it, and the body after it: two
calls of the system and two packets, where most answers are one short message. Of a tile
that is a fifth of all that the server does.

It also copies each part of a request's body twice on its way to the application, which
is a good part of what an upload costs.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class HttpProtocol(HttpToolsProtocol):
    """As its parent, over a `JoiningTransport`; sockets get the bare transport."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has come."""
        super().connection_made(JoiningTransport(transport, self.loop))

    def on_body(self, body: bytes) -> None:
        """A part of the body: the first after a message is the next one as it is."""
        cycle = self.cycle
        if cycle.body or cycle.response_complete or self.parser.should_upgrade():
            super().on_body(body)
            return
        # `bytes` of it, which is what the application gets, is no copy.
        cycle.body = body  # type: ignore[assignment]
        if len(body) > HIGH_WATER_LIMIT:
            self.flow.pause_reading()
        cycle.message_event.set()

    def handle_websocket_upgrade(self) -> None:
        """From here on each message is one write already."""
        if isinstance(self.transport, JoiningTransport):
            self.transport = self.transport.bare
        super().handle_websocket_upgrade()


class JoiningTransport(asyncio.Transport):
    """Holds what is written for the next write, until the event loop turns at most."""

    def __init__(
        self, bare: asyncio.Transport, loop: asyncio.AbstractEventLoop
    ) -> None:
        self.bare = bare
        self._loop = loop
        self._held: bytes | bytearray | memoryview | None = None

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Hold `data`, or write it together with what is held."""
        held, self._held = self._held, None
        if held is not None:
            self.bare.writelines((held, data))
        else:
            self._held = data
            self._loop.call_soon(self._let_go)

    def writelines(self, list_of_data: Any) -> None:
        """Write all of these together, after what is held."""
        self.write(b"".join(list_of_data))

    def close(self) -> None:
        """Close once everything is written."""
        self._let_go()
        self.bare.close()

    def abort(self) -> None:
        """Close at once."""
        self._held = None
        self.bare.abort()

    def is_closing(self) -> bool:
        """Whether the connection ends."""
        return self.bare.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What the bare transport knows of the connection."""
        return self.bare.get_extra_info(name, default)

    def pause_reading(self) -> None:
        """Take nothing more in."""
        self.bare.pause_reading()

    def resume_reading(self) -> None:
        """Take in again."""
        self.bare.resume_reading()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Who gets what comes in from now on."""
        self.bare.set_protocol(protocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Who gets what comes in."""
        return self.bare.get_protocol()

    def _let_go(self) -> None:
        held, self._held = self._held, None
        if held is not None and not self.bare.is_closing():
            self.bare.write(held)
