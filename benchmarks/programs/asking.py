"""Calls of a program over a socket, timed, while the server's memory is watched."""

from __future__ import annotations

import http.client
import json
import threading
import time
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl
from benchmarks.service.server import Server

from influencr.errors import Terminal

__all__ = ["download", "look_up", "names_of"]

_PATIENCE = 3_600
_CHUNK = 1 << 18
#: Names of one page of a search, and how much of a look-up is unknown names. Own choices.
_PAGE, _UNKNOWN = 200, 0.1
#: Seconds between two looks at the server's memory.
_LOOK = 0.05


class _Watch(threading.Thread):
    """The most anonymous memory that a server held while this was open, over what it held before.

    What is mapped from the index is the system's, and is counted by nobody.
    """

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        self._server = server
        self._over = threading.Event()
        self.before = self.most = server.anonymous_mb()

    def run(self) -> None:
        while not self._over.wait(_LOOK):
            self.most = max(self.most, self._server.anonymous_mb())

    def __enter__(self) -> _Watch:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()


def names_of(port: int, n: int) -> list[str]:
    """n names as a program has them: of the index, and one in ten that nobody bears."""
    unknown = int(n * _UNKNOWN)
    names: list[str] = []
    after = None
    while len(names) < n - unknown:
        asked = {"limit": _PAGE, "facets": [], "funnel": False, "everything": True}
        asked |= {"fields": ["handle"], **({"after": after} if after else {})}
        told = _ask(port, "search", asked)
        names += [f"{hit['platform']}:@{hit['handle']}" for hit in told["hits"]]
        after = told["next"]
        if after is None:
            break
    names = names[: n - unknown]
    return names + [f"@nobody.{i}.example" for i in range(n - len(names))]


def look_up(
    server: Server, who: list[str], times: int, *, fields: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Seconds of one call with all these names, `times` times over.

    fields   those that are wanted of each creator; none: everything that is known
    """
    body = {"who": who, "fields": fields}
    seconds = []
    data = b""
    with _Watch(server) as watch:
        cpu = server.cpu_seconds()
        for _ in range(times):
            began = time.perf_counter()
            data = _answer(server.port, "look_up", body)
            seconds.append(time.perf_counter() - began)
        cpu = server.cpu_seconds() - cpu
    return {
        "names": len(who),
        "times": times,
        "found": json.loads(data)["n"]["listed"],
        "megabytes": round(len(data) / 1e6, 2),
        "median_seconds": round(median(seconds), 3),
        "slowest_seconds": round(max(seconds), 3),
        "cpu_seconds": round(cpu / times, 3),
        "grown_mb": round(watch.most - watch.before, 1),
    }


def download(server: Server, form: str, file: Path) -> dict[str, Any]:
    """Everybody as a file: rows, time to the first byte and to the last, memory meanwhile."""
    body = json.dumps({"format": form, "everything": True})
    with _Watch(server) as watch, file.open("wb") as opened:
        cpu = server.cpu_seconds()
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=_PATIENCE)
        connection.request("POST", "/api/v1/export", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        if answer.status != 200:
            raise Terminal(f"bench programs: export answers {answer.status}.")
        first = None
        while data := answer.read1(_CHUNK):
            first = first or time.perf_counter() - began
            opened.write(data)
        seconds = time.perf_counter() - began
        connection.close()
        cpu = server.cpu_seconds() - cpu
    n_rows, n_bytes = _rows(file, form), file.stat().st_size
    file.unlink()
    return {
        "rows": n_rows,
        "megabytes": round(n_bytes / 1e6, 1),
        "first_byte_seconds": round(first or seconds, 2),
        "seconds": round(seconds, 1),
        "rows_per_second": round(n_rows / seconds),
        "cpu_seconds": round(cpu, 1),
        "grown_mb": round(watch.most - watch.before, 1),
    }


def _rows(file: Path, form: str) -> int:
    if form == "ndjson":
        with file.open("rb") as opened:
            return sum(1 for _ in opened)
    frame = pl.scan_parquet(file) if form == "parquet" else pl.scan_csv(file, infer_schema=False)
    return int(frame.select(pl.len()).collect().item())


def _ask(port: int, question: str, body: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(_answer(port, question, body))
    return told


def _answer(port: int, question: str, body: dict[str, Any]) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    headers = {"Content-Type": "application/json"}
    connection.request("POST", f"/api/v1/{question}", json.dumps(body), headers)
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    if answer.status != 200:
        raise Terminal(f"bench programs: {question} answers {answer.status}: {data[:200]!r}")
    return data
