"""A few people of an invented network, what they did for some minutes, and a server that tells."""

import json
import random
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest
from tests.unit.sources.bluesky.stream.conftest import NOON, SECOND, did, iso, post_uri, tid

from influencr.engine import Engine

KNOWN = ("ana", "bob", "carla", "dora", "eve")
STRANGERS = tuple(f"stranger{n}" for n in range(12))
#: Leaves for good while everybody listens.
LEAVES = "carla"
START = NOON


def known_profiles() -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "profile_id": f"bluesky:{did(name)}",
                "platform": "bluesky",
                "handle": f"{name}.example",
                "display_name": name.title(),
                "bio_text": "Potter in Porto",
                "followers": 1_000,
                "posts_count": 10,
                "source": "bluesky",
                "fetched_at": datetime.fromtimestamp(START / SECOND - 3_600, UTC),
                "fetch_method": "api",
                "licence": "open-protocol",
                "policy": 15,
            }
            for name in KNOWN
        ]
    )


@pytest.fixture
def village(tmp_path: Any) -> Iterator[Engine]:
    """Everybody of KNOWN is in the catalogue and searchable."""
    with Engine(tmp_path / "home", create=True) as engine:
        engine.catalogue.append("profiles", known_profiles())
        engine.refresh()
        yield engine


def written(name: str, collection: str, rkey: str, record: Any, at_us: int) -> dict[str, Any]:
    """A frame of `/subscribe`: a record made, or with None deleted."""
    told: dict[str, Any] = {
        "rev": tid(at_us),
        "operation": "delete" if record is None else "create",
        "collection": f"app.bsky.{collection}",
        "rkey": rkey,
    }
    if record is not None:
        told["record"] = {"createdAt": iso(at_us), **record}
    return {"did": did(name), "time_us": at_us, "kind": "commit", "commit": told}


def account(name: str, status: str, at_us: int) -> dict[str, Any]:
    told = {"did": did(name), "time": iso(at_us), "seq": 1, "active": status == "active"}
    told |= {} if status == "active" else {"status": status}
    return {"did": did(name), "time_us": at_us, "kind": "account", "account": told}


def minutes(n: int, *, seed: int = 7) -> list[dict[str, Any]]:
    """So many frames, ten milliseconds apart, of everything that people do."""
    draw = random.Random(seed)
    frames: list[dict[str, Any]] = []
    live: dict[tuple[str, str, str], None] = {}
    posts: list[tuple[str, str]] = [(name, "first") for name in KNOWN]
    everybody = (*KNOWN, *STRANGERS)
    for number in range(n):
        at_us = START + number * 10_000
        rkey = tid(at_us)
        who = draw.choice(everybody)
        if number == n * 2 // 3:
            frames.append(account(LEAVES, "deleted", at_us))
            continue
        if number > n * 2 // 3 and who == LEAVES:
            who = "zoe"
        kind = draw.choices(
            ("feed.like", "feed.repost", "graph.follow", "feed.post", "reply", "delete", "profile"),
            (40, 8, 12, 20, 6, 25, 2),
        )[0]
        whose, which = draw.choice(posts)
        subject = {"subject": {"uri": post_uri(whose, which), "cid": "bafyreib"}}
        if kind == "delete" and live:
            name, collection, key = draw.choice(list(live))
            del live[name, collection, key]
            frames.append(written(name, collection, key, None, at_us))
        elif kind in ("feed.like", "feed.repost"):
            frames.append(written(who, kind, rkey, subject, at_us))
            live[who, kind, rkey] = None
        elif kind == "graph.follow":
            frames.append(written(who, kind, rkey, {"subject": did(draw.choice(KNOWN))}, at_us))
        elif kind == "profile":
            about = {"displayName": who.title(), "description": f"Potter number {number} in Porto"}
            frames.append(written(who, "actor.profile", "self", about, at_us))
        else:
            record: dict[str, Any] = {"text": f"glaze number{number} today", "langs": ["en"]}
            if kind == "reply":
                record["reply"] = {"parent": subject["subject"], "root": subject["subject"]}
            frames.append(written(who, "feed.post", rkey, record, at_us))
            live[who, "feed.post", rkey] = None
            posts.append((who, rkey))
    return frames


def brute_force(frames: list[dict[str, Any]]) -> dict[str, set[tuple[Any, ...]]]:
    """What is left of these frames, read one after the other into dictionaries."""
    names = {did(name): name for name in (*KNOWN, *STRANGERS, "zoe")}
    known = {did(name) for name in KNOWN}
    records: dict[tuple[str, str, str], dict[str, Any]] = {}
    profiles: dict[str, str] = dict.fromkeys(known, "Potter in Porto")
    gone: set[str] = set()
    for frame in frames:
        if frame["kind"] == "account":
            gone.add(frame["did"])
            continue
        told = frame["commit"]
        key = (frame["did"], told["collection"], told["rkey"])
        if told["operation"] == "delete":
            records.pop(key, None)
        elif told["collection"] == "app.bsky.actor.profile":
            if frame["did"] in known:
                profiles[frame["did"]] = told["record"]["description"]
        else:
            parent = told["record"].get("reply", {}).get("parent", {}).get("uri", "at://nobody/")
            # Replies that the leaver received stay, and no longer say to whom.
            answers = frame["did"] in known or parent.split("/")[2] in known - gone
            if told["collection"] != "app.bsky.feed.post" or answers:
                records[key] = told["record"]
    left: dict[str, set[tuple[Any, ...]]] = {
        "profiles": {(d, bio) for d, bio in profiles.items() if d not in gone},
        "posts": set(),
        "follows": set(),
        "engagements": set(),
    }
    for (who, collection, rkey), record in records.items():
        if who in gone or who not in names:
            continue
        if collection == "app.bsky.feed.post":
            parent = record.get("reply", {}).get("parent", {}).get("uri")
            answers = None if parent is None or parent.split("/")[2] in gone else parent
            left["posts"].add((who, rkey, record["text"], answers))
        elif collection == "app.bsky.graph.follow":
            if record["subject"] in known - gone:
                left["follows"].add((who, record["subject"]))
        else:
            uri = record["subject"]["uri"]
            if uri.split("/")[2] in known - gone:
                kind = collection.rpartition(".")[2]
                left["engagements"].add((who, uri, kind, record["createdAt"]))
    return left


def found_in(engine: Engine) -> dict[str, set[tuple[Any, ...]]]:
    """The same, from the catalogue."""

    def bare(column: str) -> pl.Expr:
        return pl.col(column).str.strip_prefix("bluesky:")

    def rows(table: str, *columns: pl.Expr) -> set[tuple[Any, ...]]:
        return set(engine.catalogue.latest(table).select(*columns).collect().iter_rows())

    at = (pl.col("at").dt.epoch("us")).map_elements(iso, return_dtype=pl.String)
    key = pl.col("post_id").str.split("/").list.last()
    return {
        "profiles": rows("profiles", bare("profile_id"), pl.col("bio_text")),
        "posts": rows("posts", bare("profile_id"), key, pl.col("text"), bare("reply_to")),
        "follows": rows("follows", bare("follower_id"), bare("followed_id")),
        "engagements": rows("engagements", bare("actor_id"), bare("post_id"), pl.col("kind"), at),
    }


def stored_in(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every stored row, sorted: what was counted twice stands here twice."""
    return {
        table: sorted(engine.catalogue.scan(table).collect().iter_rows(), key=repr)
        for table in ("profiles", "posts", "follows", "engagements", "packs")
    }


class Replay:
    """A server of `/subscribe` on loopback that plays frames, drops lines and is restarted.

    pause       seconds between two frames of a connection
    drop_after  frames after which a line is cut without a word, drawn between 1 and twice as many
    """

    def __init__(
        self, frames: list[dict[str, Any]], *, pause: float = 0.0, drop_after: int = 0
    ) -> None:
        self.frames = frames
        self.pause = pause
        self.drop_after = drop_after
        self.asked: list[str] = []
        self._draw = random.Random(3)
        self._port = 0
        self.start()

    @property
    def address(self) -> str:
        return f"ws://127.0.0.1:{self._port}/subscribe"

    def start(self) -> None:
        from websockets.sync.server import serve

        self._over = threading.Event()
        self._server = serve(self._play, "127.0.0.1", self._port, compression=None)
        self._port = self._server.socket.getsockname()[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._server.shutdown()
        self._thread.join()

    def restart(self) -> None:
        self.stop()
        self.start()

    def _play(self, line: Any) -> None:
        from websockets.exceptions import ConnectionClosed

        self.asked.append(line.request.path)
        words = parse_qs(urlsplit(line.request.path).query)
        cursor = int(words["cursor"][0]) if "cursor" in words else 0
        left = self._draw.randint(1, 2 * self.drop_after) if self.drop_after else -1
        over = self._over
        try:
            for frame in self.frames:
                if frame["time_us"] < cursor:
                    continue
                if over.is_set() or left == 0:
                    # No goodbye: as when a cable is pulled.
                    line.socket.close()
                    return
                left -= 1
                line.send(json.dumps(frame))
                if self.pause:
                    time.sleep(self.pause)
            over.wait(60)
        except (ConnectionClosed, OSError):
            return


@pytest.fixture
def replay() -> Iterator[Any]:
    """Makes replay servers and stops them."""
    made: list[Replay] = []

    def make(frames: list[dict[str, Any]], **how: Any) -> Replay:
        made.append(Replay(frames, **how))
        return made[-1]

    yield make
    for server in made:
        server.stop()
