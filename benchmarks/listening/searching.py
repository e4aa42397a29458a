"""From an event to a search that finds it, while 2,000 messages a second go by."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
from benchmarks.listening.frames import SECOND, did_of, iso, multiplied, packer, tid

from influencr.engine import Engine
from influencr.sources.bluesky.stream._event import tid_us

WANTED_P95_SECONDS = 5.0
RATE = 2_000


def searching(
    window: list[dict[str, Any]], *, creators: int, runs: Sequence[tuple[float, int]]
) -> list[dict[str, Any]]:
    """One answer for each (share of accounts known, seconds); all begin with the same home."""
    with tempfile.TemporaryDirectory() as folder:
        first = Path(folder) / "first"
        peopled(first, names_of(creators))
        found = []
        for number, (share, seconds) in enumerate(runs):
            home = Path(folder) / f"home{number}"
            shutil.copytree(first, home)
            found.append(one(window, home, share=share, creators=creators, seconds=seconds))
        return found


def names_of(creators: int) -> list[str]:
    return [did_of(f"creator {n}") for n in range(creators)]


def one(
    window: list[dict[str, Any]], home: Path, *, share: float, creators: int, seconds: int
) -> dict[str, Any]:
    """Seconds from sending a post to finding it, while 2,000 messages a second go by.

    share   of all accounts that are known creators: so many events are about the index, and more
            where an event has two ends
    """
    known = names_of(creators)
    draw = random.Random(2)
    others: dict[tuple[str, int], str] = {}

    def owner(who: str, copy: int) -> str:
        found = others.get((who, copy))
        if found is None:
            is_known = draw.random() < share
            found = draw.choice(known) if is_known else did_of(f"{who} {copy}")
            others[who, copy] = found
        return found

    server = Server(window, owner, known, seconds)
    (home / "sources.toml").write_text(
        f'contact = "mailto:benchmark@example.org"\n[bluesky]\njetstream = ["{server.address}"]\n'
    )
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "influencr", "--home", str(home)),
            *("listen", "bluesky", "--json"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        server.connected.wait(180)
        found = search_for(home, server, process)
    finally:
        process.terminate()
        told, _ = process.communicate(timeout=120)
        server.close()
    heard = json.loads(told)
    sizes = {
        table: len(list((home / "catalogue" / table).glob("*.parquet")))
        for table in ("profiles", "posts", "follows", "engagements")
    }
    waits = sorted(found.values())
    lost = len(server.sent_at) - len(waits)
    return {
        "share_known": share,
        "creators": creators,
        "seconds": seconds,
        "sent": server.n_sent,
        "sent_per_second": round(server.n_sent / server.took),
        "kept": heard["kept"],
        "probes": len(server.sent_at),
        "not_found": lost,
        "p50_seconds": round(_quantile(waits, 0.5), 2),
        "p95_seconds": round(_quantile(waits, 0.95), 2),
        "max_seconds": round(waits[-1], 2) if waits else None,
        "wanted_p95_seconds": WANTED_P95_SECONDS,
        "files_left": sizes,
        "listening": {k: heard[k] for k in ("events", "brought_in", "lines", "unreadable")},
        "load": round(os.getloadavg()[0], 2),
        "niceness": os.nice(0),
    }


def peopled(home: Path, known: list[str]) -> None:
    """A home with these creators, three posts each, judged and indexed."""
    at = datetime.now(UTC)
    heard = {
        "source": "bluesky",
        "fetched_at": at,
        "fetch_method": "api",
        "licence": "open-protocol",
        "policy": 15,
    }
    crafts = ("potter", "baker", "runner", "gardener", "photographer", "weaver")
    towns = ("Lisbon", "Lyon", "Leipzig", "Lima", "Leeds", "Lagos")
    profiles = [
        {
            "profile_id": f"bluesky:{did}",
            "platform": "bluesky",
            "handle": f"creator{n}.example",
            "display_name": f"Creator {n}",
            "bio_text": f"{crafts[n % 6].title()} in {towns[n // 6 % 6]}, number {n}",
            "followers": 500 + n,
            "posts_count": 3,
            **heard,
        }
        for n, did in enumerate(known)
    ]
    posts = [
        {
            "post_id": f"bluesky:at://{did}/app.bsky.feed.post/{m}",
            "profile_id": f"bluesky:{did}",
            "created_at": at,
            "kind": "post",
            "text": f"about {crafts[(n + m) % 6]} work number {m}",
            **heard,
        }
        for n, did in enumerate(known)
        for m in range(3)
    ]
    with Engine(home, create=True) as engine:
        engine.catalogue.append("profiles", pl.DataFrame(profiles))
        engine.catalogue.append("posts", pl.DataFrame(posts))
        engine.refresh()


class Server:
    """Sends 2,000 packed messages a second to one listener, each fifth second-hundredth a probe."""

    def __init__(
        self,
        window: list[dict[str, Any]],
        owner: Callable[[str, int], str],
        known: list[str],
        seconds: int,
    ) -> None:
        from websockets.sync.server import serve

        self._pack = packer()
        self._events = list(
            multiplied(window, seconds * RATE, begin_us=0, per_second=RATE, owner=owner)
        )
        self._known = known
        self.connected = threading.Event()
        self.done = threading.Event()
        #: Probe word -> when it was sent.
        self.sent_at: dict[str, float] = {}
        self.n_sent = 0
        self.took = 1.0
        self._server = serve(self._play, "127.0.0.1", 0, compression=None)
        port = self._server.socket.getsockname()[1]
        self.address = f"ws://127.0.0.1:{port}/subscribe"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()

    def _play(self, line: Any) -> None:
        """Prepared in pieces of ten milliseconds, sent when their time has come."""
        from websockets.exceptions import ConnectionClosed

        begin = time.time() + 1.0
        begin_us = round(begin * SECOND)
        piece = RATE // 100
        self.connected.set()
        for start in range(0, len(self._events), piece):
            due = begin + start / RATE
            events = [shifted(e, begin_us) for e in self._events[start : start + piece]]
            word = None
            if start % (RATE // 2) == 0:
                word = f"probe{start}x"
                events.append(self._probe(word, round(due * SECOND)))
            frames = [self._pack(event) for event in events]
            wait = due - time.time()
            if wait > 0:
                time.sleep(wait)
            for frame in frames:
                line.send(frame)
            if word is not None:
                self.sent_at[word] = time.time()
            self.n_sent += len(frames)
        self.took = time.time() - begin
        self.done.set()
        with contextlib.suppress(ConnectionClosed):
            while True:
                line.recv()

    def _probe(self, word: str, at_us: int) -> dict[str, Any]:
        who = self._known[hash(word) % len(self._known)]
        record = {
            "$type": "app.bsky.feed.post",
            "text": f"Today: {word}",
            "createdAt": iso(at_us),
            "langs": ["en"],
        }
        commit = {
            "rev": tid(at_us + 7),
            "operation": "create",
            "collection": "app.bsky.feed.post",
            "rkey": tid(at_us + 7),
            "record": record,
        }
        return {"did": who, "time_us": at_us, "kind": "commit", "commit": commit}


def shifted(event: dict[str, Any], by_us: int) -> dict[str, Any]:
    """The same a while later: times, revision and key."""
    at_us = event["time_us"] + by_us
    told = {**event, "time_us": at_us}
    if event["kind"] == "commit":
        commit = {**event["commit"], "rev": tid(at_us - 100_000)}
        if tid_us(commit["rkey"]) and commit["operation"] == "create":
            commit["rkey"] = commit["rev"]
        if isinstance(commit.get("record"), dict) and "createdAt" in commit["record"]:
            commit["record"] = {**commit["record"], "createdAt": iso(at_us - 400_000)}
        told["commit"] = commit
    else:
        told[event["kind"]] = {**event[event["kind"]], "time": iso(at_us - 100_000)}
    return told


def search_for(home: Path, server: Server, process: subprocess.Popen[str]) -> dict[str, float]:
    """Probe word -> seconds until a search found it; looked for five times a second."""
    found: dict[str, float] = {}
    patience = None
    with Engine(home) as engine:
        while process.poll() is None:
            open_ = [word for word in list(server.sent_at) if word not in found]
            for word in open_:
                if engine.search(word).total:
                    found[word] = time.time() - server.sent_at[word]
            if server.done.is_set():
                patience = patience or time.time() + 60
                if len(found) == len(server.sent_at) or time.time() > patience:
                    break
            time.sleep(0.2)
    return found


def _quantile(values: list[float], share: float) -> float:
    return (
        values[min(len(values) - 1, round(share * (len(values) - 1)))] if values else float("nan")
    )
