"""The official client lists and calls every tool: in this process, over pipes, over HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from influencr.answers import Answers
from influencr.engine import Engine
from influencr.errors import UsageError
from influencr.mcp import Tools, make_server, serve_http
from influencr.mcp._server import INSTRUCTIONS

WHO = "bluesky:@rubyinlondon.sky.example"
#: One call of every tool that asks, in the invented world.
CALLS: dict[str, dict[str, Any]] = {
    "search": {"text": "coffee", "limit": 3},
    "count": {"country": ["GB"]},
    "similar": {"who": WHO, "limit": 2},
    "suggest": {"prefix": "Lond"},
    "place": {"place": "within 50 km of London"},
    "creator": {"who": WHO, "fields": ["followers", "place.label"]},
    "evidence": {"who": WHO},
    "influence": {"who": WHO},
    "explain": {"who": WHO, "text": "music"},
    "compare": {"one": WHO, "other": "bluesky:@hquinn.example", "text": "music"},
    "look_up": {"who": [WHO]},
    "overlap": {"who": [WHO, "bluesky:@hquinn.example"]},
    "plan": {"budget": 300, "per_1000": [10, 20], "platform": ["bluesky"]},
    "lists": {},
    "list": {"list": "nobody made it"},
    "saved": {},
    "news": {"name": "nobody kept it"},
    "alerts": {},
    "watches": {},
    "brands": {},
    "brand": {"brand": "nobody kept it"},
    "prices": {},
    "status": {},
    "verify": {"handles": ["search:?text=coffee#total", f"creator:{WHO}#followers"]},
}
#: What the invented world does not hold is an error with a name.
REFUSED = {"list", "news", "brand"}


LIST = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).encode()
HEADERS = {
    "Content-Type": "application/json",
    "Accept": "application/json, text/event-stream",
}


async def called(client: Client) -> None:
    """Every tool is listed and answers, and the text says what the structure says."""
    listed = {one.name: one for one in (await client.list_tools()).tools}
    assert set(listed) == set(CALLS)
    for name, arguments in CALLS.items():
        result = await client.call_tool(name, arguments)
        document = result.structured_content
        assert document is not None
        assert result.is_error == (name in REFUSED), (name, document)
        assert json.loads(result.content[0].text) == document  # type: ignore[union-attr]
        if result.is_error:
            assert document["error"]["field"] in CALLS[name], document
    assert listed["search"].annotations is not None
    assert listed["search"].annotations.read_only_hint is True


def run(asked: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await asked()

    asyncio.run(main())


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_official_client_lists_and_calls_every_tool(tools: Tools, mode: str) -> None:
    async def asked() -> None:
        async with Client(make_server(tools), mode=mode) as client:
            await called(client)

    run(asked)


def test_it_does_so_over_pipes(tiny_home: Path) -> None:
    words = ["-m", "influencr", "--home", str(tiny_home), "mcp"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}

    async def asked() -> None:
        server = StdioServerParameters(command=sys.executable, args=words, env=environment)
        async with Client(stdio_client(server)) as client:
            assert client.instructions == INSTRUCTIONS
            await called(client)

    run(asked)


@pytest.fixture
def served(tiny_home: Path, tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Starts `influencr mcp --http` in a process of its own; its address."""
    running: list[subprocess.Popen[str]] = []

    def start(*more: str) -> str:
        words = [sys.executable, "-m", "influencr", "--home", str(tiny_home), "mcp", "--http"]
        process = subprocess.Popen(
            [*words, "--port", "0", *more],
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        )
        running.append(process)
        assert process.stderr is not None
        line = process.stderr.readline()
        assert line.startswith("MCP is answered at http://127.0.0.1:"), line
        return line.split()[4]

    yield start
    for process in running:
        process.terminate()
        process.communicate()


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_it_does_so_over_http(served: Callable[..., str]) -> None:
    address = served()

    async def asked() -> None:
        async with Client(streamable_http_client(address)) as client:
            await called(client)

    run(asked)
    # A page of the web that had its name point here is not answered.
    for more in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
        call = urllib.request.Request(address, data=LIST, headers=HEADERS | more)
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(call)
        with refused.value as answer:
            assert answer.code in (403, 421)


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_token_is_asked_for_where_one_is_set(served: Callable[..., str], tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("0123456789abcdefgh\n", encoding="utf-8")
    address = served("--token-file", str(file))
    for sent in ({}, {"Authorization": "Bearer wrong"}):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(
                urllib.request.Request(address, data=LIST, headers=HEADERS | sent)
            )
        with refused.value as answer:
            assert answer.code == 401
            assert json.load(answer)["error"]["code"] == "key_refused"
    allowed = HEADERS | {"Authorization": "Bearer 0123456789abcdefgh"}
    with urllib.request.urlopen(
        urllib.request.Request(address, data=LIST, headers=allowed)
    ) as answer:
        assert len(json.load(answer)["result"]["tools"]) == len(CALLS)


def test_other_machines_are_answered_with_a_token_alone(tiny_home: Path) -> None:
    with Engine(tiny_home) as engine, pytest.raises(UsageError, match="--token-file") as refused:
        serve_http(Tools(Answers(engine)), host="0.0.0.0", port=0)
    assert refused.value.field == "--host"
