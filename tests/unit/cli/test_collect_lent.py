"""`influencr collect youtube` and `instagram` from the words to the listed creator, over HTTP."""

import time

import pytest
from tests.standins import instagram as graph
from tests.standins.loopback import served
from tests.standins.youtube import KEY, FakeYouTube, channel_id

from influencr.home import Home
from influencr.sources.http import State

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture(autouse=True)
def keys(monkeypatch):
    monkeypatch.setenv("INFLUENCR_YOUTUBE_KEY", KEY)
    monkeypatch.setenv("INFLUENCR_INSTAGRAM_TOKEN", graph.TOKEN)
    monkeypatch.setenv("INFLUENCR_CONTACT", "mailto:operator@example.org")


def settings(folder, source, address, *more):
    host = address.removeprefix("http://").partition("/")[0]
    limits = "".join(
        f'[{source}.limits."{name}"]\nper_second = 1000.0\nburst = 1000\n'
        for name in (host, *((f"{host} search",) if source == "youtube" else ()))
    )
    lines = "\n".join((f"[{source}]", f'address = "{address}"', *more, limits))
    (Home(folder).path / "sources.toml").write_text(lines, encoding="utf-8")


def test_youtube_by_words_and_place(home_folder, run):
    fake = FakeYouTube(channels=60, clock=time.time)
    with served(fake) as address:
        settings(home_folder, "youtube", address)
        dry = run("collect", "youtube", "specialty coffee", "--near", "Lisbon", "--dry-run")
        assert dry.code == 0, dry.err
        assert "Nothing was asked" in dry.out
        assert not fake.calls
        done = run("collect", "youtube", "specialty coffee", "--near", "Lisbon", "--limit", "8")
        assert done.code == 0, done.err
        assert not fake.violations
        found = run("search", "specialty coffee", "--near", "Lisbon", "--json").document
        assert found["total"] > 0
        assert all(hit["engagement"]["rate"] is None for hit in found["hits"])
        del fake.channels[channel_id(0)]
        # Nobody is due within a day of the last look.
        early = run("collect", "youtube", "--again")
        assert early.code == 2
        with State(Home(home_folder).sources / "youtube.sqlite") as state:
            assert state.get("last_run")["finished"]
    assert KEY not in dry.out + dry.err + done.out + done.err


def test_instagram_by_name(home_folder, run):
    fake = graph.FakeInstagram(clock=time.time)
    with served(fake) as address:
        settings(home_folder, "instagram", f"{address}/v25.0", f'user = "{graph.USER}"')
        done = run("collect", "instagram", "--handle", "cafe.01", "--handle", "@cafe.02")
        assert done.code == 0, done.err
        found = run("search", "specialty coffee", "--json").document
        assert {hit["handle"] for hit in found["hits"]} == {"cafe.01", "cafe.02"}
    assert graph.TOKEN not in done.out + done.err


def test_a_wrong_key_is_one_sentence_and_kept_for_status(home_folder, run, monkeypatch):
    monkeypatch.setenv("INFLUENCR_YOUTUBE_KEY", "AIzaSomethingElseEntirely0000")
    with served(FakeYouTube(channels=3, clock=time.time)) as address:
        settings(home_folder, "youtube", address)
        told = run("collect", "youtube", "specialty coffee")
    assert told.code == 1
    assert "does not accept the API key" in told.err
    status = run("sources", "status")
    assert "does not accept the API key" in status.out
    assert "AIzaSomethingElse" not in told.err + status.out
