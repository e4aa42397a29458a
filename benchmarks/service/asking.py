"""Browsers without a screen: they ask for pages through the socket and take the time.

A page counts from the first byte sent to the last byte received. Whether it is the page that was
asked for is looked at with every one: status, length, and for one in CHECKED its text.
"""

from __future__ import annotations

import asyncio
import gzip
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from urllib.parse import urlencode

from benchmarks.search_speed.creators import AS_OF
from benchmarks.search_speed.questions import Question, logs

__all__ = ["Asked", "all_at_once", "one_by_one", "pages"]

CHECKED = 25
#: How long one waits for a page before it is an error; people have left by then.
_DEADLINE_S = 60.0
_HEAD = (
    "GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n"
    "Accept-Encoding: gzip\r\nAccept: text/html\r\n\r\n"
)
#: One in so many pages is the second page's worth: sorted by a number instead of by score.
_SORTED_EVERY = 7


@dataclass
class Asked:
    """What came back: milliseconds of each page, errors in words, and how long it all took."""

    ms: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    n_bytes: int = 0
    seconds: float = 0.0


def pages(each: int, *, warm: int) -> tuple[list[str], list[str]]:
    """(paths to warm up with, paths to measure): the questions of the search benchmark, none in
    both, in random order; one in seven sorted by followers."""
    warming, measured = logs(warm, each)
    return _paths(warming, 1), _paths(measured, 2)


def _paths(questions: Sequence[Question], seed: int) -> list[str]:
    found = [_path(q, by_size=i % _SORTED_EVERY == 0) for i, q in enumerate(questions)]
    random.Random(seed).shuffle(found)
    return found


def _path(question: Question, *, by_size: bool) -> str:
    asked: list[tuple[str, str]] = [("text", " ".join(question.words))]
    if question.country is not None:
        asked.append(("country", question.country))
    if (wanted := question.vetting) is not None:
        asked += [
            ("platform", wanted.platform),
            ("followers_min", str(wanted.followers_min)),
            ("followers_max", str(wanted.followers_max)),
            ("engagement_min", str(wanted.engagement_min)),
            ("active_within_days", str((int(AS_OF.timestamp()) - wanted.last_post_min) // 86_400)),
            ("posts_per_week_min", str(wanted.posts_per_week_min)),
            ("verdict", wanted.verdict),
        ]
    if (radius := question.radius) is not None:
        asked += [
            ("near", f"{radius.lat:.5f}, {radius.lon:.5f}"),
            ("within_km", f"{radius.km:g}"),
        ]
    if by_size:
        asked.append(("sort", "followers"))
    return f"/search?{urlencode(asked)}"


def one_by_one(port: int, cookie: str, paths: Sequence[str]) -> Asked:
    """Each page after the other, by one member."""

    async def run(told: Asked) -> None:
        await _member(port, cookie, iter(paths), told, think=0.0, until=None, seed=0)

    return _timed(run)


def all_at_once(
    port: int, cookies: Sequence[str], paths: Sequence[str], *, seconds: float, think: float
) -> Asked:
    """Every member asks for pages until the time is over.

    think   mean seconds between a page and the next question, exponential; 0: none
    """
    shared = cycle(paths)

    async def run(told: Asked) -> None:
        until = time.perf_counter() + seconds
        async with asyncio.TaskGroup() as group:
            for i, cookie in enumerate(cookies):
                one = _member(port, cookie, shared, told, think=think, until=until, seed=i)
                group.create_task(one)

    return _timed(run)


def _timed(run) -> Asked:  # type: ignore[no-untyped-def]
    told = Asked()
    began = time.perf_counter()
    asyncio.run(run(told))
    told.seconds = time.perf_counter() - began
    return told


async def _member(
    port: int,
    cookie: str,
    paths: Iterator[str],
    told: Asked,
    *,
    think: float,
    until: float | None,
    seed: int,
) -> None:
    rng = random.Random(seed)
    reader = writer = None
    if think:
        # They did not all sit down in the same second.
        await asyncio.sleep(rng.random() * think)
    for path in paths:
        if until is not None and time.perf_counter() >= until:
            break
        try:
            if writer is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            began = time.perf_counter()
            async with asyncio.timeout(_DEADLINE_S):
                said, keep = await _asked(reader, writer, path, cookie, told)
            if said:
                told.errors.append(f"{said}: {path}")
            else:
                told.ms.append((time.perf_counter() - began) * 1000)
            if not keep:
                writer.close()
                writer = None
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            told.errors.append(f"{type(error).__name__}: {path}")
            if writer is not None:
                writer.close()
            writer = None
        if think:
            await asyncio.sleep(rng.expovariate(1 / think))
    if writer is not None:
        writer.close()


async def _asked(reader, writer, path: str, cookie: str, told: Asked) -> tuple[str, bool]:  # type: ignore[no-untyped-def]
    """(what was wrong, whether the connection stays)."""
    writer.write(_HEAD.format(path=path, cookie=cookie).encode("ascii"))
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = None
    for line in head.split("\r\n"):
        if line.startswith("content-length:"):
            length = int(line.partition(":")[2])
    if length is None:
        return "no length", False
    body = await reader.readexactly(length)
    told.n_bytes += length
    keep = "connection: close" not in head
    if not head.startswith("http/1.1 200"):
        return head.partition("\r\n")[0], keep
    if len(told.ms) % CHECKED == 0:
        text = gzip.decompress(body) if "content-encoding: gzip" in head else body
        if b"</html>" not in text or b"creator" not in text or b"Start 7 days free" in text:
            return "not the page of a member", keep
    return "", keep
