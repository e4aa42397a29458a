"""`mcp`: the tools of the Model Context Protocol, over a data home or an instance far away."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from influencr.cli._session import engine, note
from influencr.errors import UsageError

if TYPE_CHECKING:
    from influencr.answers import Asks

__all__ = ["mcp"]


def mcp(
    context: typer.Context,
    http: Annotated[
        bool, typer.Option("--http", help="Over HTTP instead of stdin and stdout.")
    ] = False,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="With --http: address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="N", help="With --http: port; 0 takes any free one.")
    ] = 8765,
    token_file: Annotated[
        Path | None,
        typer.Option(
            "--token-file",
            metavar="FILE",
            help="With --http: every call must carry the token in this file.",
        ),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option("--url", metavar="URL", help="Ask this instance instead of a data home."),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option("--key", metavar="KEY", envvar="INFLUENCR_KEY", help="With --url: its key."),
    ] = None,
    allow_writes: Annotated[
        bool,
        typer.Option("--allow-writes", help="Offer orders on lists and saved searches, too."),
    ] = False,
) -> None:
    """Answer an MCP client: search, count, dossiers, why, plans, lists, and verify.

    Read-only unless --allow-writes is given. What strangers wrote is marked as data.
    """
    if not http and token_file is not None:
        raise UsageError("--token-file: only --http asks for a token.", field="--token-file")
    token = None if token_file is None else _token(token_file)
    asks = _asks(context, url, key)

    from influencr.mcp import Tools, serve_http, serve_stdio

    tools = Tools(asks, allow_writes=allow_writes)
    if http:
        serve_http(
            tools,
            host=host,
            port=port,
            token=token,
            ready=lambda address: note(f"MCP is answered at {address} until Ctrl-C."),
        )
    else:
        serve_stdio(tools)


def _asks(context: typer.Context, url: str | None, key: str | None) -> Asks:
    if url is None:
        from influencr.answers import Answers

        return Answers(engine(context))
    from influencr import connect

    return connect(url, key)


def _token(file: Path) -> str:
    try:
        token = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise UsageError(
            f"--token-file: {file} cannot be read ({error.strerror}).", field="--token-file"
        ) from None
    if len(token) < _SHORTEST or any(c.isspace() for c in token):
        raise UsageError(
            f"--token-file: {file} holds no token; write {_SHORTEST} or more letters and digits "
            "into it, in one piece.",
            field="--token-file",
        )
    return token


#: Letters of a token; 16 letters and digits drawn at random are 95 bits.
_SHORTEST = 16
