"""Accounts by name and names by hashtag: what is kept, and that no limit is ever passed."""

import contextlib
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.standins.clock import Clock
from tests.standins.instagram import TOKEN, USER, FakeInstagram
from tests.standins.loopback import served, transport_of

from influencr.errors import Refused, UsageError
from influencr.home import Home
from influencr.records import Policy
from influencr.sources import Phrase, Wanted
from influencr.sources.instagram import InstagramSource
from influencr.sources.instagram._api import HASHTAGS
from influencr.testing.check_source import Service, check_source

NOON = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
COFFEE = Wanted(
    words="specialty coffee",
    place="Lisbon",
    phrases=(Phrase("specialty coffee", "en"),),
    places=(Phrase("Lisbon", "en"),),
    handles=("@Cafe.01", "cafe.02", "nobody.here"),
)


class Desk:
    def __init__(self, folder, *, transport=None, **invented):
        self.home = Home(folder / "home")
        (self.home.path / "sources.toml").write_text(
            f'contact = "mailto:operator@example.org"\n[instagram]\nuser = "{USER}"\n',
            encoding="utf-8",
        )
        self.clock = Clock(NOON)
        self.fake = FakeInstagram(clock=self.clock, **invented)
        self.transport = transport or transport_of(self.fake)

    def open(self, wanted, *, budget=None):
        return InstagramSource.open(
            self.home,
            wanted,
            budget=budget,
            clock=self.clock,
            sleep=self.clock.sleep,
            transport=self.transport,
        )


@pytest.fixture(autouse=True)
def token(monkeypatch):
    monkeypatch.setenv("INFLUENCR_INSTAGRAM_TOKEN", TOKEN)
    monkeypatch.delenv("INFLUENCR_CONTACT", raising=False)


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def ran(source):
    """Tables and report of a whole run; the source is closed."""
    made = {}
    with contextlib.closing(source):
        for table, frame in source.batches():
            made.setdefault(table, []).append(frame)
        report = source.report()
    return {table: pl.concat(frames) for table, frames in made.items()}, report


def test_named_accounts_and_whom_captions_mention(desk):
    found, report = ran(desk.open(COFFEE))
    assert not desk.fake.violations
    assert report.finished
    handles = set(found["profiles"]["handle"])
    assert {"cafe.01", "cafe.02", "cafe.07", "cafe.14"} <= handles
    assert "somebody_private" not in handles
    people = {f.strategy: f for f in report.found}
    assert people["handles"].people == 3
    assert people["hashtags"].people == 17
    assert "'nobody.here' is no professional account" in report.notes[0]
    # Whose the posts under a hashtag are is not known: none of them is stored.
    assert all(i.startswith("instagram:1800") for i in found["posts"]["post_id"])


def test_what_an_account_shows_and_under_which_terms(desk):
    found, _ = ran(desk.open(Wanted(handles=("cafe.01", "cafe.03"))))
    rows = {r["handle"]: r for r in found["profiles"].to_dicts()}
    row = rows["cafe.01"]
    assert row["profile_id"] == "instagram:17841000000000001"
    assert (row["followers"], row["following"], row["posts_count"]) == (1_501, 200, 3)
    assert row["links"] == ["https://cafe.example/"]
    assert row["is_business"] is True
    assert row["last_active_at"] == datetime(2026, 11, 1, 9, tzinfo=UTC)
    assert rows["cafe.03"]["bio_text"] == ""
    for frame in found.values():
        assert frame["licence"].unique().to_list() == ["meta-api"]
        assert (frame["expires_at"] <= frame["fetched_at"] + timedelta(days=30)).all()
        assert (frame["policy"] & int(Policy.EXPORT | Policy.CONTACT) == 0).all()
    posts = found["posts"].filter(pl.col("profile_id") == row["profile_id"]).sort("post_id")
    assert posts["likes"].to_list() == [30, None, 32]
    assert posts["kind"].to_list() == ["post", "post", "video"]
    assert posts["mentions"].to_list()[0] == ["instagram:@cafe.01"]


def test_hashtags_of_the_week_are_asked_once_and_free_again(desk):
    _, first = ran(desk.open(COFFEE))
    ids = desk.fake.calls["hashtag"]
    # One of the two ways to put place and words together is nobody's hashtag.
    assert ids == 3
    desk.clock.forward(days=1)
    ran(desk.open(COFFEE))
    assert desk.fake.calls["hashtag"] == ids + 1
    assert len(desk.fake._counted(desk.clock())) == 2
    assert first.finished


def test_at_most_thirty_hashtags_a_week_also_with_another_program(desk):
    for number in range(60):
        desk.fake.tags[f"word{number}"] = f"1799{number:013d}"
        desk.fake.media[f"1799{number:013d}"] = []
    # Another program used ten for the same account.
    for number in range(50, 60):
        desk.fake._count(f"1799{number:013d}", desk.clock())
    words = tuple(Phrase(f"word{n}") for n in range(40))
    _, report = ran(desk.open(Wanted(words="word0", phrases=words)))
    assert not desk.fake.violations
    assert len(desk.fake._counted(desk.clock())) == HASHTAGS
    assert any("10 hashtags have to wait" in note for note in report.notes)
    desk.clock.forward(days=8)
    _, later = ran(desk.open(Wanted(words="word0", phrases=words)))
    assert len(desk.fake._counted(desk.clock())) <= HASHTAGS
    assert later.finished


@settings(max_examples=25, deadline=None)
@given(
    schedule=st.lists(
        st.tuples(st.integers(0, 59), st.integers(1, 25), st.floats(0.0, 4.0)), max_size=12
    )
)
def test_no_schedule_of_words_exceeds_the_week(schedule):
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder), accounts=1)
        desk.fake.per_hour = 10**9
        for number in range(60):
            desk.fake.tags[f"word{number}"] = f"1799{number:013d}"
            desk.fake.media[f"1799{number:013d}"] = []
        for first, n, days in schedule:
            words = tuple(Phrase(f"word{(first + i) % 60}") for i in range(n))
            ran(desk.open(Wanted(words="x", phrases=words)))
            assert len(desk.fake._counted(desk.clock())) <= HASHTAGS
            desk.clock.forward(days=days)
        # The service never had to say so: it is counted here before it is asked for there.
        assert not desk.fake.refused_hashtags


def test_the_allowance_ends_a_run_and_the_same_command_goes_on(desk):
    desk.fake.per_hour = 12
    wanted = Wanted(handles=tuple(f"cafe.{n:02d}" for n in range(30)))
    rows, n_runs = [], 0
    while True:
        n_runs += 1
        found, report = ran(desk.open(wanted))
        rows += found.get("profiles", pl.DataFrame({"handle": []}))["handle"].to_list()
        if report.finished:
            break
        assert report.notes
        desk.clock.forward(hours=1.1)
        assert n_runs < 10
    assert n_runs > 1
    assert sorted(rows) == sorted(wanted.handles)
    # It rested before the service had to refuse.
    assert desk.fake.calls["discover"] == 30


def test_looking_again_by_id_and_who_went(desk):
    wanted = Wanted(handles=("cafe.01", "cafe.02"))
    found, _ = ran(desk.open(wanted))
    ids = tuple(i.partition(":")[2] for i in found["profiles"]["profile_id"])
    del desk.fake.accounts["cafe.02"]
    desk.clock.forward(days=7)
    again, report = ran(desk.open(Wanted(again=(*ids, "17841999"))))
    states = dict(again["profiles"].select("handle", "status").iter_rows())
    assert states == {"cafe.01": "active", None: "deactivated"}
    assert any("1 accounts cannot be asked for by id" in note for note in report.notes)


def test_a_token_that_ran_out_is_told_and_never_shown(desk, monkeypatch):
    monkeypatch.setenv("INFLUENCR_INSTAGRAM_TOKEN", "EAASomethingElseEntirely")
    with (
        contextlib.closing(desk.open(COFFEE)) as source,
        pytest.raises(Refused, match="does not accept the token") as told,
    ):
        list(source.batches())
    said = f"{told.value} {told.value.url} {told.value.body} {told.value.__cause__!r}"
    assert "EAASomethingElse" not in said


def test_missing_settings_are_named(desk, monkeypatch):
    with pytest.raises(UsageError, match="--handle"):
        desk.open(Wanted(place="Lisbon"))
    monkeypatch.delenv("INFLUENCR_INSTAGRAM_TOKEN")
    with pytest.raises(UsageError, match="INFLUENCR_INSTAGRAM_TOKEN"):
        desk.open(COFFEE)
    monkeypatch.setenv("INFLUENCR_INSTAGRAM_TOKEN", TOKEN)
    file = desk.home.path / "sources.toml"
    file.write_text('contact = "mailto:operator@example.org"\n', encoding="utf-8")
    with pytest.raises(UsageError, match="user ="):
        desk.open(COFFEE)


def test_a_name_cannot_break_out_of_its_expression(desk):
    found, report = ran(desk.open(Wanted(handles=("x){id},me{", "cafe.01"))))
    assert found["profiles"]["handle"].to_list() == ["cafe.01"]
    assert "cannot be an Instagram username" in report.notes[0]
    assert not desk.fake.violations


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_the_whole_run_over_http(desk):
    with served(desk.fake) as address:
        file = desk.home.path / "sources.toml"
        host = address.removeprefix("http://")
        with file.open("a", encoding="utf-8") as settings_:
            settings_.write(f'address = "{address}/v25.0"\n[instagram.limits."{host}"]\n')
            settings_.write("per_second = 1000.0\nburst = 1000\n")
        found, report = ran(InstagramSource.open(desk.home, COFFEE, budget=None))
    assert report.finished
    assert found["profiles"].height > 10


def test_nothing_outlasts_thirty_days_in_the_state(desk):
    source = desk.open(COFFEE)
    rows = source.batches()
    next(rows)
    rows.close()
    source.close()
    file = desk.home.sources / "instagram.sqlite"
    assert b"Specialty coffee in Lisbon" in file.read_bytes()
    desk.clock.forward(days=31)
    assert InstagramSource.expire(desk.home, clock=desk.clock) > 0
    held = file.read_bytes()
    assert b"Specialty coffee in Lisbon" not in held
    assert b"cafe.01" not in held


SERVICE = Service(
    make=lambda folder, transport, budget: Desk(folder, transport=transport).open(
        COFFEE, budget=budget
    ),
    transport=lambda: transport_of(FakeInstagram(clock=Clock(NOON))),
    secrets=(TOKEN,),
    # Whether another program used hashtags is asked again.
    repeats=1,
    forget=lambda folder, gone: InstagramSource.forget(Home(folder / "home"), gone),
    somebody=("instagram:17841000000000001", "instagram:@cafe.01"),
)


@pytest.mark.parametrize("check", list(check_source("instagram", SERVICE)), ids=lambda c: c.name)
def test_it_keeps_what_every_source_owes(check):
    check.run()
