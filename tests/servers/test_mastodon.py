"""The fediverse source against a Mastodon API of somebody else's making, with faults put in.

The server (PyPI mastodon_mock) knows no `indexable`, `locked` or `hide_collections`, so those rules
are shown elsewhere (tests/unit/sources/mastodon); what is shown here is that calls, paging, limits
and damage are met as a foreign server makes them. Its accounts live on `localhost`, and it is asked
at 127.0.0.1, as a server whose name is not its address.
"""

import json
import os
import time
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from influencr.engine import Engine
from influencr.home import Home
from influencr.sources import Phrase, Wanted
from influencr.sources.http import Client, Rule, State
from influencr.sources.mastodon import MastodonSource
from influencr.sources.mastodon._settings import Wishes
from influencr.testing.check_source import check_source

pytestmark = pytest.mark.server_mastodon

N_CROWD = 90
BREAD = Wanted(words="bake", phrases=(Phrase("bake"), Phrase("baking")))


class Town:
    """The server, and what was written there."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.call("POST", "/api/v1/_mock/reset")
        app = self.call(
            "POST",
            "/api/v1/apps",
            client_name="influencr tests",
            redirect_uris="urn:ietf:wg:oauth:2.0:oob",
            scopes="read write follow",
        )
        keys = {"client_id": app["client_id"], "client_secret": app["client_secret"]}
        grant = {"grant_type": "client_credentials", "scope": "read write follow"}
        self.app = self.call("POST", "/oauth/token", **keys, **grant)["access_token"]
        self.tokens: dict[str, str] = {}
        self.ids: dict[str, str] = {}

    def call(
        self, method: str, path: str, *, token: str = "", body: Any = None, **form: str
    ) -> Any:
        data = urllib.parse.urlencode(form).encode() if form else None
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        request = urllib.request.Request(self.base + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def settle(self, name: str, **fields: str) -> None:
        made = self.call(
            "POST",
            "/api/v1/accounts",
            token=self.app,
            username=name,
            email=f"{name}@people.example",
            password="not a secret here",
            agreement="true",
            locale="en",
        )
        self.tokens[name] = made["access_token"]
        told = self.call(
            "PATCH", "/api/v1/accounts/update_credentials", token=self.tokens[name], **fields
        )
        self.ids[name] = told["id"]

    def says(self, name: str, text: str) -> None:
        self.call("POST", "/api/v1/statuses", token=self.tokens[name], status=text, language="en")

    def follows(self, name: str, whom: str) -> None:
        self.call(
            "POST",
            f"/api/v1/accounts/{self.ids[whom]}/follow",
            token=self.tokens[name],
            reblogs="1",
        )

    def fault(self, path: str, *, count: int | None = None, **effect: Any) -> None:
        rule = {"match": {"path": path}, "effect": effect, "count": count}
        self.call("POST", "/api/v1/_mock/faults", body=rule)

    def mend(self) -> None:
        self.call("DELETE", "/api/v1/_mock/faults")


@pytest.fixture(scope="module")
def settled() -> Town:
    """Ana bakes and 90 people follow her; Bea says nothing of being discovered; Cal says no."""
    address = os.environ.get("INFLUENCR_TEST_MASTODON")
    if not address:
        pytest.fail("INFLUENCR_TEST_MASTODON is not set: run these tests with `make test-servers`.")
    made = Town(address)
    made.settle("ana", note="I bake sourdough in Lisbon", display_name="Ana", discoverable="true")
    made.settle("bea", note="I bake as well")
    made.settle("cal", note="I bake, too", discoverable="false")
    made.settle("dov", note="I bake. #nobot", discoverable="true")
    for number in range(N_CROWD):
        made.settle(f"fan{number}", note="Reader", discoverable="true")
        made.follows(f"fan{number}", "ana")
    for name in ("bea", "cal", "dov"):
        made.follows(name, "ana")
    made.follows("ana", "fan0")
    for number in range(3):
        made.says("ana", f"Bread number {number} #baking")
    made.says("cal", "Nobody may list this #baking")
    made.call("POST", "/api/v1/featured_tags", token=made.tokens["ana"], name="baking")
    return made


@pytest.fixture
def town(settled: Town) -> Any:
    settled.mend()
    yield settled
    settled.mend()


@pytest.fixture
def opened(town: Town, tmp_path: Path) -> Any:
    """Sources on the server without its pace, which waits of seconds would make slow."""
    made: list[Any] = []
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        time.sleep(min(seconds, 0.05))

    def make(
        folder: Path = tmp_path, wanted: Wanted | None = None, clock: Any = None, **options: Any
    ) -> MastodonSource:
        state = State(folder / "mastodon.sqlite")
        client = Client(
            contact="mailto:ops@influencr.example",
            rules=[Rule("*", 1_000.0, 1_000)],
            state=state,
            allow=[town.base],
            sleep=sleep,
            clock=lambda: time.time() + sum(waited),
            robots=True,
            **options,
        )
        wishes = Wishes((town.base,))
        now = clock or time.time
        source = MastodonSource(client, wishes, wanted or BREAD, state, clock=now)
        source._owned = (client, state)
        made.append(source)
        return source

    make.waited = waited  # type: ignore[attr-defined]
    yield make
    for source in made:
        source.close()


def gathered(source: MastodonSource) -> dict[str, pl.DataFrame]:
    parts: dict[str, list[pl.DataFrame]] = {}
    for table, frame in source.batches():
        parts.setdefault(table, []).append(frame)
    return {table: pl.concat(frames) for table, frames in parts.items()}


def test_what_comes_is_what_was_written_and_allowed(opened: Any) -> None:
    source = opened()
    found = gathered(source)
    handles = {handle.partition("@")[0] for handle in found["profiles"]["handle"]}
    assert handles == {"ana", *(f"fan{n}" for n in range(N_CROWD))}
    ana = found["profiles"].filter(pl.col("display_name") == "Ana").row(0, named=True)
    assert ana["bio_text"] == "I bake sourdough in Lisbon"
    assert ana["topics_declared"] == ["baking"]
    assert (ana["followers"], ana["posts_count"]) == (N_CROWD + 3, 3)
    assert ana["last_active_at"] is not None
    edges = found["follows"].select("follower_id", "followed_id").rows()
    # Two pages of followers: three of 93 never agreed to be named.
    assert len([e for e in edges if e[1] == ana["profile_id"]]) == N_CROWD
    assert len([e for e in edges if e[0] == ana["profile_id"]]) == 1
    assert len(found["posts"]) == 3
    assert found["posts"]["text"].null_count() == 3  # the server says of nobody `indexable`
    for frame in found.values():
        told = frame.write_json()
        assert not any(f"/@{name}" in told for name in ("bea", "cal", "dov"))
    report = source.report()
    assert report.finished
    # This server links to a last page that is empty.
    assert {f.strategy: f.calls for f in report.found}["followers"] == 3


@pytest.mark.parametrize(
    "effect",
    [
        {"type": "ratelimit"},
        {"type": "status", "status": 503},
        {"type": "status", "status": 500},
        {"type": "ratelimit", "headers": {"Retry-After": "45"}},
    ],
    ids=["429", "503", "500", "429-iso"],
)
def test_what_passes_is_waited_for(
    town: Town, opened: Any, tmp_path: Path, effect: dict[str, Any]
) -> None:
    whole = gathered(opened())
    if "headers" in effect:
        # As Mastodon writes it; the server's own form is seconds since 1970.
        reset = datetime.fromtimestamp(time.time() + sum(opened.waited) + 45, UTC)
        effect["headers"]["X-RateLimit-Reset"] = reset.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    for path in ("/api/v1/directory", f"/api/v1/accounts/{town.ids['ana']}/followers"):
        town.fault(path, count=1, **effect)
    folder = tmp_path / "again"
    folder.mkdir()
    found = gathered(opened(folder))
    for table, frame in whole.items():
        assert len(found[table].unique()) == len(frame.unique()), table
    if effect["type"] == "ratelimit":
        assert sum(opened.waited) >= 25


def test_damage_costs_what_is_damaged_and_nothing_else(town: Town, opened: Any) -> None:
    town.fault(f"/api/v1/accounts/{town.ids['ana']}/statuses", type="malformed")
    town.fault("/api/v1/timelines/*", type="malformed", truncate=False)
    source = opened()
    found = gathered(source)
    assert "posts" not in found
    assert len(found["profiles"]) == N_CROWD + 1
    assert source.report().finished


def test_a_server_that_hangs_is_left_for_the_next_run(town: Town, opened: Any) -> None:
    town.fault("/api/v1/directory", type="latency", delay_ms=1_500)
    source = opened(read_timeout=0.3, total_timeout=0.6, attempts=2)
    assert gathered(source) == {}
    assert not source.report().finished
    town.mend()
    source = opened()
    assert len(gathered(source)["profiles"]) == N_CROWD + 1
    assert source.report().finished


def test_who_takes_consent_back_goes_and_who_is_gone_goes(
    town: Town, opened: Any, tmp_path: Path
) -> None:
    first = gathered(opened())
    names = dict(zip(first["profiles"]["handle"], first["profiles"]["profile_id"], strict=True))
    native = {h.partition("@")[0]: n.partition(":")[2] for h, n in names.items()}
    again = Wanted(again=(native["ana"], native["fan1"], native["fan2"]))
    town.call(
        "PATCH",
        "/api/v1/accounts/update_credentials",
        token=town.tokens["fan1"],
        discoverable="false",
    )
    town.fault(f"/api/v1/accounts/{town.ids['fan2']}", type="status", status=410)
    town.fault("/api/v1/accounts", type="status", status=404)  # as servers before 4.3
    try:
        source = opened(wanted=again)
        rows = {r["profile_id"]: r for r in gathered(source)["profiles"].to_dicts()}
    finally:
        town.call(
            "PATCH",
            "/api/v1/accounts/update_credentials",
            token=town.tokens["fan1"],
            discoverable="true",
        )
    assert rows[f"mastodon:{native['fan1']}"]["discoverable"] is False
    assert rows[f"mastodon:{native['fan1']}"]["bio_text"] is None
    assert rows[f"mastodon:{native['fan2']}"]["status"] == "deleted"
    assert source.report().gone == (f"mastodon:{native['fan2']}",)
    assert rows[f"mastodon:{native['ana']}"]["bio_text"] == "I bake sourdough in Lisbon"


def test_from_settings_to_a_search(town: Town, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    host = town.base.removeprefix("http://")
    (home.path / "sources.toml").write_text(
        f'contact = "mailto:ops@influencr.example"\n[mastodon]\ninstances = ["{town.base}"]\n'
        f'[mastodon.limits."{host}"]\nper_second = 1000.0\nburst = 1000\n',
        encoding="utf-8",
    )
    wanted = Wanted(words="sourdough", phrases=(Phrase("sourdough"),))
    with Engine(home) as engine:
        source = MastodonSource.open(home, wanted, budget=None)
        try:
            assert source.plan().calls > 0
            for table, frame in source.batches():
                engine.catalogue.append(table, frame)
        finally:
            source.close()
        engine.refresh()
        hits = engine.search("sourdough").hits
        assert [hit.creator["display_name"] for hit in hits] == ["Ana"]
        row = engine.show(hits[0].profile_id)
        assert row is not None
        assert (row["post_text"], row["n_posts_seen"], row["activity_state"]) == (None, 3, "active")
        assert row["followers_seen"] == N_CROWD


PROMISES = [c.name.partition(": ")[2] for c in check_source("any", lambda folder: None)]


@pytest.mark.parametrize("promise", PROMISES)
def test_the_source_keeps_its_promises(opened: Any, promise: str) -> None:
    at = time.time()

    def make(folder: Path) -> Any:
        return opened(folder, clock=lambda: at)

    checks = {c.name: c.run for c in check_source("mastodon", make)}
    checks[f"mastodon: {promise}"]()
