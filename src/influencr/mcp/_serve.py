"""Running the server: over the pipes of whoever started it, or over HTTP on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import ipaddress
import json
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings

from influencr.errors import UsageError
from influencr.mcp._server import make_server
from influencr.mcp._tools import Tools

__all__ = ["PATH", "serve_http", "serve_stdio"]

#: Where the protocol is spoken over HTTP.
PATH: Final = "/mcp"
#: Connections that wait while none is taken; what uvicorn's own default is, too.
_WAITING: Final = 2_048

type _Scope = MutableMapping[str, Any]
type _Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type _Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
type _App = Callable[[_Scope, _Receive, _Send], Awaitable[None]]


def serve_stdio(tools: Tools) -> None:
    """Answer over stdin and stdout until stdin ends."""

    async def run() -> None:
        server = make_server(tools)
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run())


def serve_http(
    tools: Tools,
    *,
    host: str = "127.0.0.1",
    port: int = 8765,
    token: str | None = None,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Answer over streamable HTTP until Ctrl-C.

    port    0 takes any free one
    token   what every call must carry as `Authorization: Bearer TOKEN`; None: nothing. Needed on an
            address that other machines reach
    ready   called with the address when it can be asked

    Calls with the name of another machine as Host are refused where no token is asked for: a page
    of the web could send them through the browser of whoever sits here.
    """
    own = _is_own(host)
    if not own and not token:
        raise UsageError(
            f"--host: {host} is reached by other machines; give --token-file, so that only who "
            "knows the token may ask.",
            field="--host",
        )

    async def run() -> None:
        import uvicorn

        server = make_server(tools)
        app: _App = server.streamable_http_app(
            streamable_http_path=PATH,
            json_response=True,
            stateless_http=True,
            transport_security=_security(own=own),
            host=host,
        )
        listening = _listening(host, port)
        with listening:
            config = uvicorn.Config(
                _asking_for(token, app) if token else app, log_level="warning", lifespan="on"
            )
            if ready is not None:
                name = f"[{host}]" if ":" in host else host
                ready(f"http://{name}:{listening.getsockname()[1]}{PATH}")
            await uvicorn.Server(config).serve(sockets=[listening])

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run())


def _is_own(host: str) -> bool:
    """Whether an address is this machine's alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _security(*, own: bool) -> TransportSecuritySettings:
    if not own:
        # Whoever has the token is no page in somebody's browser.
        return TransportSecuritySettings(enable_dns_rebinding_protection=False)
    names = ("127.0.0.1", "localhost", "[::1]")
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=[f"{name}:*" for name in names],
        allowed_origins=[f"http://{name}:*" for name in names],
    )


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens, so that a taken port is told before anything runs."""
    if not 0 <= port <= 65535:
        raise UsageError(f"--port: {port} is not possible; give 0 to 65535.", field="--port")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        bound = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise UsageError(f"--host: {host} is no address here ({error}).", field="--host") from None
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(_WAITING)
    except OSError as error:
        bound.close()
        raise UsageError(
            f"--port: {port} of {host} cannot be taken ({error.strerror}); name another one.",
            field="--port",
        ) from None
    return bound


def _asking_for(token: str, app: _App) -> _App:
    """The application behind a token; the answer to a wrong one has the one shape of refusals."""
    wanted = f"Bearer {token}".encode()
    message = "The call carries no token, or a wrong one; send it as Authorization: Bearer TOKEN."
    body = json.dumps({"error": {"code": "key_refused", "message": message}}).encode()

    async def guarded(scope: _Scope, receive: _Receive, send: _Send) -> None:
        if scope["type"] == "http":
            given = dict(scope["headers"]).get(b"authorization", b"")
            if not hmac.compare_digest(given, wanted):
                headers = [
                    (b"content-type", b"application/json"),
                    (b"content-length", str(len(body)).encode()),
                    (b"www-authenticate", b"Bearer"),
                ]
                await send({"type": "http.response.start", "status": 401, "headers": headers})
                await send({"type": "http.response.body", "body": body})
                return
        await app(scope, receive, send)

    return guarded
