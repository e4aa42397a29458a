"""A small fediverse of invented people, answering in the documented shapes, without a network."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zlib import crc32

import pytest

from influencr.sources import Wanted
from influencr.sources.http import Answer, Call, Client, State, Transport
from influencr.sources.mastodon import MastodonSource
from influencr.sources.mastodon._settings import RULE, Wishes

NOW = 1_795_000_000.0
EVERYBODY = Wanted()


def account(name: str, host: str = "lisbon.example", **fields: Any) -> dict[str, Any]:
    """An Account entity of somebody who opted in to everything, unless told otherwise."""
    return {
        "id": str(crc32(f"{name}@{host}".encode())),
        "username": name,
        "acct": name,
        "display_name": name.title(),
        "locked": False,
        "bot": False,
        "discoverable": True,
        "indexable": True,
        "noindex": False,
        "group": False,
        "created_at": "2019-03-02T00:00:00.000Z",
        "note": "<p>Specialty coffee &amp; bread</p>",
        "url": f"https://{host}/@{name}",
        "uri": f"https://{host}/users/{name}",
        "avatar": f"https://{host}/avatars/{name}.png",
        "header": f"https://{host}/headers/original/missing.png",
        "followers_count": 1200,
        "following_count": 80,
        "statuses_count": 310,
        "last_status_at": "2026-11-20",
        "hide_collections": False,
        "emojis": [],
        "roles": [],
        "fields": [],
        **fields,
    }


def status(author: dict[str, Any], number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "uri": f"{author['uri']}/statuses/{number}",
        "url": f"{author['url']}/{number}",
        "created_at": f"2026-11-{1 + number % 20:02d}T08:00:00.000Z",
        "account": author,
        "in_reply_to_id": None,
        "reblog": None,
        "content": f"<p>Pour over {number} "
        '<a href="https://lisbon.example/tags/Coffee" class="mention hashtag">'
        "#<span>Coffee</span></a></p>",
        "spoiler_text": "",
        "visibility": "public",
        "language": "en",
        "favourites_count": 3 + number,
        "replies_count": 1,
        "reblogs_count": 2,
        "quotes_count": 0,
        "mentions": [],
        "tags": [{"name": "coffee", "url": "https://lisbon.example/tags/coffee"}],
        "quote": None,
        **fields,
    }


class Server:
    """One invented server of Mastodon's API."""

    def __init__(self, host: str, people: list[dict[str, Any]] | None = None) -> None:
        self.host = host
        self.people = people or []
        self.statuses: dict[str, list[dict[str, Any]]] = {}
        self.followers: dict[str, list[dict[str, Any]]] = {}
        self.following: dict[str, list[dict[str, Any]]] = {}
        self.tags: dict[str, list[str]] = {}
        self.collections: dict[str, list[dict[str, Any]]] = {}
        self.robots: str | None = None
        #: the host under which answers come after a redirect
        self.moved_to = host
        self.asked: list[str] = []
        #: path -> answers to give first, one each time: (status, headers, body)
        self.faults: dict[str, list[tuple[int, dict[str, str], bytes]]] = {}

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, str], Any]:
        if self.faults.get(path):
            return self.faults[path].pop(0)
        if path == "/robots.txt":
            return (404, {}, b"") if self.robots is None else (200, {}, self.robots.encode())
        if path == "/api/v2/instance":
            return 200, {}, {"domain": self.host, "version": "4.6.0"}
        if path == "/api/v1/directory":
            limit, offset = int(query["limit"][0]), int(query["offset"][0])
            listed = [p for p in self.people if p.get("discoverable") is not False]
            return 200, {}, listed[offset : offset + limit]
        if path == "/api/v1/accounts/lookup":
            found = [p for p in self.people if p["username"] == query["acct"][0]]
            return (200, {}, found[0]) if found else (404, {}, {"error": "Record not found"})
        if path == "/api/v1/accounts":
            return 200, {}, [p for p in self.people if p["id"] in query["id[]"]]
        if path.startswith("/api/v1/timelines/tag/"):
            tag = path.rpartition("/")[2]
            found = [s for of in self.statuses.values() for s in of]
            return 200, {}, [s for s in found if tag in [t["name"] for t in s["tags"]]]
        if path == "/api/v2/search":
            words = query["q"][0].casefold()
            found = [p for p in self.people if words in p["note"].casefold()]
            return 200, {}, {"accounts": found, "statuses": [], "hashtags": []}
        if path.startswith("/api/v1/accounts/"):
            number, _, what = path.removeprefix("/api/v1/accounts/").partition("/")
            return self.about(number, what, query)
        return 404, {}, {"error": "Record not found"}

    def about(self, number: str, what: str, query: dict[str, list[str]]) -> Any:
        if not what:
            found = [p for p in self.people if p["id"] == number]
            return (200, {}, found[0]) if found else (410, {}, {"error": "Gone"})
        if what == "featured_tags":
            return 200, {}, [{"id": "1", "name": n} for n in self.tags.get(number, [])]
        if what == "in_collections":
            return 200, {}, {"collections": self.collections.get(number, [])}
        lists = {"statuses": self.statuses, "followers": self.followers}
        items = {**lists, "following": self.following}[what].get(number, [])
        # Accounts are shown as they are now, whatever they were when they were listed.
        now = {person["id"]: person for person in self.people}
        items = [now.get(item["id"], item) for item in items]
        limit, first = int(query["limit"][0]), int(query.get("max_id", ["0"])[0])
        headers = {}
        if first + limit < len(items):
            base = f"https://{self.host}/api/v1/accounts/{number}/{what}"
            headers["link"] = f'<{base}?limit={limit}&max_id={first + limit}>; rel="next"'
        return 200, headers, items[first : first + limit]


class Fediverse:
    """Servers by host; what a client sends its calls to."""

    def __init__(self, *servers: Server) -> None:
        self.servers = {server.host: server for server in servers}

    def __call__(self, call: Call) -> Answer:
        parts = urlsplit(call.url)
        server = self.servers[parts.netloc]
        if parts.path != "/robots.txt":
            server.asked.append(parts.path)
        status_, headers, body = server.answer(parts.path, parse_qs(parts.query))
        packed = body if isinstance(body, bytes) else json.dumps(body).encode()
        url = call.url.replace(server.host, server.moved_to, 1)
        return Answer(status_, headers, packed, url)


class Stopped:
    """A clock that stands still but for what is slept; nothing waits."""

    def __init__(self) -> None:
        self.now = NOW
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def make_source(
    folder: Path,
    transport: Transport,
    hosts: tuple[str, ...],
    *,
    clock: Stopped,
    wanted: Wanted = EVERYBODY,
    budget: int | None = None,
    **wishes: Any,
) -> MastodonSource:
    """A source with its state in a folder, that asks these hosts through the transport."""
    state = State(folder / "mastodon.sqlite")
    client = Client(
        contact="mailto:ops@influencr.example",
        rules=[RULE],
        state=state,
        budget=budget,
        transport=transport,
        clock=clock,
        sleep=clock.sleep,
        random=lambda: 0.5,
        robots=True,
    )
    bases = tuple(f"https://{host}" for host in hosts)
    made = MastodonSource(client, Wishes(bases, **wishes), wanted, state, clock=lambda: NOW)
    made._owned = (client, state)
    return made


@pytest.fixture
def clock() -> Stopped:
    return Stopped()


@pytest.fixture
def source(tmp_path: Path, clock: Stopped) -> Iterator[Callable[..., MastodonSource]]:
    """Sources over invented servers; those of one `folder` share their state."""
    opened: list[MastodonSource] = []

    def make(*servers: Server, folder: Path = tmp_path, **options: Any) -> MastodonSource:
        hosts = tuple(server.host for server in servers)
        made = make_source(folder, Fediverse(*servers), hosts, clock=clock, **options)
        opened.append(made)
        return made

    yield make
    for made in opened:
        made.close()


def rows(source: MastodonSource, table: str) -> list[dict[str, Any]]:
    """All rows of one table that a run yields."""
    return [row for name, frame in source.batches() if name == table for row in frame.to_dicts()]
