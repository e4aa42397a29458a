"""`influencr sources`: how the networks stand, and whom they are asked about again."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from tests.standins import instagram as fake_instagram
from tests.standins.clock import Clock
from tests.standins.loopback import transport_of
from tests.standins.youtube import KEY, FakeYouTube, channel_id

from influencr.engine import Engine
from influencr.sources import Phrase, Wanted
from influencr.sources.bluesky.stream._memory import Memory, Position
from influencr.sources.http import State
from influencr.sources.instagram import InstagramSource
from influencr.sources.youtube import YouTubeSource

NOW = datetime.now(UTC)


def collected(engine, source):
    for table, frame in source.batches():
        engine.catalogue.append(table, frame)
    source.close()


@pytest.fixture
def home(home_folder, monkeypatch):
    """A home in which YouTube and Instagram were asked, just now."""
    monkeypatch.setenv("INFLUENCR_YOUTUBE_KEY", KEY)
    monkeypatch.setenv("INFLUENCR_INSTAGRAM_TOKEN", fake_instagram.TOKEN)
    monkeypatch.setenv("INFLUENCR_CONTACT", "mailto:operator@example.org")
    clock = Clock(datetime.now(UTC))
    with Engine(home_folder, create=True) as engine:
        engine.home.path.joinpath("sources.toml").write_text(
            f'[instagram]\nuser = "{fake_instagram.USER}"\n', encoding="utf-8"
        )
        wanted = Wanted(words="specialty coffee", phrases=(Phrase("specialty coffee"),), limit=5)
        collected(
            engine,
            YouTubeSource.open(
                engine.home,
                wanted,
                budget=None,
                clock=clock,
                sleep=clock.sleep,
                transport=transport_of(FakeYouTube(channels=30, clock=clock)),
            ),
        )
        collected(
            engine,
            InstagramSource.open(
                engine.home,
                wanted._replace(handles=("cafe.01",), limit=1),
                budget=None,
                clock=clock,
                sleep=clock.sleep,
                transport=transport_of(fake_instagram.FakeInstagram(clock=clock)),
            ),
        )
    return engine.home


def test_a_home_that_asked_nobody(home_folder, run):
    Engine(home_folder, create=True).close()
    assert "No network was asked yet" in run("sources", "status").out
    assert "No network was asked yet" in run("sources", "due").out


def test_status_says_what_is_left_and_what_runs_out(home, run):
    with State(home.sources / "youtube.sqlite") as state:
        at = NOW.timestamp()
        state.put("last_error", {"at": at, "says": "YouTube does not accept the API key."})
        last = {"at": at, "command": "collect", "calls": 12, "finished": False}
        state.put("last_run", last)
    with Memory(home.sources / "bluesky.sqlite") as memory:
        # Told in whole hours, so that a slow run of the suite changes nothing.
        heard = round((NOW - timedelta(hours=3, minutes=45)).timestamp() * 1e6)
        memory.commit(
            Position({"wss://one.example": 7_654_321}, heard, gaps=[(1, 2)], written_us=heard)
        )
    out = run("sources", "status").out
    assert "youtube    10 accounts" in out
    assert "searches: 99 of 100 left" in out
    assert "units: 9,989 of 10,000 left" in out
    assert "collect," in out
    assert "not finished: the same command goes on" in out
    assert "does not accept the API key" in out
    assert "hashtags of 7 days: 29 of 30 left" in out
    assert "wss://one.example at 7654321" in out
    assert "newest event 4 hours ago, 1 gap that no server has any more" in out
    assert "0 rows run out within 3 days, the first" in out


def test_status_as_a_document(home, run):
    told = {entry["source"]: entry for entry in run("sources", "status", "--json").document}
    assert {"youtube", "instagram"} <= set(told)
    assert told["youtube"]["accounts"] == 10
    assert [a["left"] for a in told["youtube"]["allowances"]] == [9_989, 99]
    assert told["youtube"]["last_error"] is None
    ends = datetime.fromisoformat(told["youtube"]["next_expiry"])
    assert timedelta(days=28) < ends - NOW <= timedelta(days=30)


def test_due_tells_who_and_why(home, run):
    with Engine(home.path) as engine:
        old = engine.catalogue.scan("profiles").filter(pl.col("source") == "youtube").collect()
        columns = [c for c in old.columns if c != "content_hash"]
        late = (
            old.head(1)
            .select(columns)
            .with_columns(
                profile_id=pl.lit(f"youtube:{channel_id(99)}"),
                fetched_at=pl.lit(NOW - timedelta(days=28)).cast(pl.Datetime("us", "UTC")),
                expires_at=pl.lit(NOW + timedelta(days=1)).cast(pl.Datetime("us", "UTC")),
            )
        )
        engine.catalogue.append("profiles", late)
    out = run("sources", "due", "youtube").out
    assert "youtube: 11 accounts known, 1 run out soon, 1 not asked for a week" in out
    assert "takes 1 calls a week" in out
    assert f"youtube:{channel_id(99)}  expiring" in out
    nobody = run("sources", "due", "youtube", "--calls", "0", "--json").document
    assert nobody["youtube"]["due"] == 0
    # Whom the run asked for again counts as asked, although nothing had changed.
    with State(home.sources / "youtube.sqlite") as state:
        state.mark("again", channel_id(99))
    assert run("sources", "due", "youtube", "--json").document["youtube"]["due"] == 0


def test_an_unknown_source_is_told(home, run):
    told = run("sources", "due", "youtub")
    assert told.code == 2
    assert "did you mean 'youtube'" in told.err
