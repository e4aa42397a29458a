"""Channels by words and place: what is found, what is kept of it, and what a stop costs."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from tests.standins.clock import Clock
from tests.standins.loopback import transport_of
from tests.standins.youtube import CITIES, KEY, FakeYouTube, channel_id

from influencr.errors import NoContact, Refused, UsageError
from influencr.home import Home
from influencr.records import Policy
from influencr.sources import Phrase, Wanted
from influencr.sources.youtube import YouTubeSource
from influencr.sources.youtube._source import GROUP
from influencr.testing.check_source import Service, check_source

from .conftest import NOON, Desk

COFFEE = Wanted(
    words="specialty coffee",
    place="Lisbon",
    phrases=(Phrase("specialty coffee", "en"),),
    places=(Phrase("Lisbon", "en"), Phrase("Lisboa", "pt")),
    countries=("PT",),
    languages=("pt", "en"),
    centre=CITIES["Lisbon"][1:],
    radius_km=30,
)


def tables(batches):
    made = {}
    for table, frame in batches:
        made.setdefault(table, []).append(frame)
    return {table: pl.concat(frames) for table, frames in made.items()}


def test_keyword_and_place_find_the_scene(desk):
    source = desk.open(COFFEE)
    found = tables(source.batches())
    report = source.report()
    source.close()
    assert not desk.fake.violations
    assert report.finished
    own = {f"youtube:{channel_id(n)}" for n in range(120) if n % 3 == 0 and n // 3 % 2 == 0}
    assert own <= set(found["profiles"]["profile_id"])
    people = {f.strategy: f for f in report.found}
    assert people["search"].people == len(own)
    assert people["search_near"].people == len(own)
    # The countries' own results bring Porto too, which only they find.
    assert people["search_region"].only_here == people["search_region"].people - len(own)
    assert sum(f.calls for f in report.found) == sum(desk.fake.calls.values())


def test_what_a_channel_says_and_under_which_terms(desk):
    found = tables(desk.open(COFFEE._replace(handles=("coffee0",))).batches())
    row = found["profiles"].filter(pl.col("profile_id") == f"youtube:{channel_id(0)}").to_dicts()[0]
    assert row["handle"] == "coffee0"
    assert row["display_name"] == "Specialty Coffee 0"
    assert row["place_country"] == "PT"
    # Words, agreed on by three videos; never their coordinates.
    assert row["place_raw"] == "Lisbon, Portugal"
    assert row["topics_declared"] == ["specialty coffee", "lisbon"]
    assert (row["followers"], row["posts_count"], row["views_received"]) == (1_000, 3, 10_000)
    assert row["account_created_at"] == datetime(2019, 3, 1, 9, tzinfo=UTC)
    assert row["last_active_at"] is not None
    assert row["licence"] == "youtube-api"
    assert row["source"] == "youtube"
    for table in ("profiles", "posts"):
        frame = found[table]
        assert frame["expires_at"].unique().to_list() == [datetime(2026, 12, 23, tzinfo=UTC)]
        assert (frame["expires_at"] <= frame["fetched_at"] + timedelta(days=30)).all()
        assert frame["policy"].unique().to_list() == [int(Policy.INDEX | Policy.SHOW_SIGNED_OUT)]
    posts = found["posts"].filter(pl.col("profile_id") == row["profile_id"]).sort("post_id")
    assert posts["kind"].unique().to_list() == ["video"]
    assert posts["likes"].to_list() == [40, None, 42]
    assert posts["replies"].to_list() == [0, 1, 2]
    assert posts["is_sponsored"].to_list() == [False, False, True]
    assert posts["hashtags"].to_list()[0] == ["specialty", "coffee"]


def test_hidden_subscribers_are_unknown_and_children_are_left_alone(desk):
    again = Wanted(again=(channel_id(7), channel_id(9)))
    found = tables(desk.open(again).batches())
    rows = {row["profile_id"]: row for row in found["profiles"].to_dicts()}
    hidden, kids = rows[f"youtube:{channel_id(7)}"], rows[f"youtube:{channel_id(9)}"]
    assert hidden["followers"] is None
    assert hidden["audience_hidden"] is True
    assert kids["made_for_kids"] is True
    assert (kids["display_name"], kids["followers"]) == (None, None)
    assert set(found["posts"]["profile_id"]) == {f"youtube:{channel_id(7)}"}


def test_sensitive_topics_are_not_kept(desk):
    found = tables(desk.open(Wanted(again=(channel_id(1), channel_id(2)))).batches())
    assert sorted(found["profiles"]["topics_declared"].to_list()) == [
        ["Food", "vegan baking", "lisbon"],
        ["Sport", "street skating", "lisbon"],
    ]


def test_scores_only_where_the_amendment_is_stated(desk):
    with (desk.home.path / "sources.toml").open("a", encoding="utf-8") as file:
        file.write("[youtube]\nderived_metrics_accepted = true\n")
    source = desk.open(COFFEE)
    assert all("amendment" not in note for note in source.plan().notes)
    found = tables(source.batches())
    assert (found["profiles"]["policy"] & int(Policy.SCORE) != 0).all()
    assert (found["profiles"]["policy"] & int(Policy.EXPORT) == 0).all()


def test_the_plan_is_an_upper_bound_and_asks_nobody(desk):
    source = desk.open(COFFEE, budget=700)
    plan = source.plan()
    assert not desk.fake.calls
    assert any("Raw counts only" in note for note in plan.notes)
    list(source.batches())
    spent = {f.strategy: f.calls for f in source.report().found}
    planned = {step.strategy: step.calls for step in plan.steps}
    assert sum(c for s, c in spent.items() if s.startswith("search")) <= planned["search"]
    assert spent["channels"] <= planned["channels"]
    assert spent["uploads"] <= planned["uploads"]
    assert plan.calls <= 700


@pytest.mark.parametrize("budget", [1, 2, 5, 23, 60, 125])
def test_a_budget_is_kept_and_the_same_command_goes_on(desks, tmp_path, budget):
    desk = desks(tmp_path)
    whole = tables(desks(tmp_path / "other").open(COFFEE._replace(limit=10)).batches())
    rows, runs = [], 0
    while True:
        runs += 1
        source = desk.open(COFFEE._replace(limit=10), budget=budget * runs)
        before = sum(desk.fake.calls.values())
        rows += list(source.batches())
        report = source.report()
        source.close()
        assert sum(desk.fake.calls.values()) - before <= budget
        assert sum(f.calls for f in report.found) == sum(desk.fake.calls.values())
        if report.finished:
            break
        assert any("budget" in note for note in report.notes)
        assert runs < 200
    found = tables(rows)
    for table, frame in whole.items():
        key = "profile_id" if table == "profiles" else "post_id"
        assert set(found[table][key]) == set(frame[key])


def test_a_search_that_was_answered_is_not_asked_twice(desk):
    source = desk.open(COFFEE)
    stopped = source.batches()
    next(stopped)
    searches = desk.fake.calls["search"]
    stopped.close()
    source.close()
    list(desk.open(COFFEE).batches())
    assert desk.fake.calls["search"] == searches


def test_a_finished_question_begins_anew(desk):
    first = desk.open(COFFEE)
    list(first.batches())
    first.close()
    searches = desk.fake.calls["search"]
    second = desk.open(COFFEE)
    list(second.batches())
    assert desk.fake.calls["search"] == 2 * searches


def test_looking_again_tells_who_is_gone_and_spares_videos_that_are_fresh(desk):
    ids = tuple(channel_id(n) for n in range(0, 60))
    again = Wanted(again=ids)
    first = desk.open(again)
    list(first.batches())
    first.close()
    uploads = desk.fake.calls["playlistItems"]
    assert uploads == 57
    del desk.fake.channels[ids[3]]
    desk.clock.forward(days=7)
    second = desk.open(again)
    found = tables(second.batches())
    assert desk.fake.calls["channels"] == 4
    assert desk.fake.calls["playlistItems"] == uploads
    states = dict(found["profiles"].select("profile_id", "status").iter_rows())
    assert states.pop(f"youtube:{ids[3]}") == "deactivated"
    assert set(states.values()) == {"active"}
    second.close()
    desk.clock.forward(days=14)
    third = desk.open(again)
    list(third.batches())
    assert desk.fake.calls["playlistItems"] == 2 * uploads - 1


def test_followers_bound_whose_videos_are_asked_for(desk):
    wanted = COFFEE._replace(followers=(1_200, 1_500))
    found = tables(desk.open(wanted).batches())
    counts = dict(found["profiles"].select("profile_id", "followers").iter_rows())
    looked = {counts[name] for name in found["posts"]["profile_id"].unique()}
    assert all(n is None or 1_200 <= n <= 1_500 for n in looked)
    assert any(n is not None and n < 1_200 for n in counts.values())


def test_without_key_contact_or_words_it_says_what_is_missing(desk, monkeypatch):
    with pytest.raises(UsageError, match="Say what to look for"):
        desk.open(Wanted(place="Lisbon"))
    monkeypatch.delenv("INFLUENCR_YOUTUBE_KEY")
    with pytest.raises(UsageError, match="INFLUENCR_YOUTUBE_KEY"):
        desk.open(COFFEE)
    monkeypatch.setenv("INFLUENCR_YOUTUBE_KEY", KEY)
    (desk.home.path / "sources.toml").unlink()
    with pytest.raises(NoContact):
        desk.open(COFFEE)


def test_a_wrong_key_is_told_and_never_shown(desk, monkeypatch):
    monkeypatch.setenv("INFLUENCR_YOUTUBE_KEY", "AIzaSomethingElseEntirely0000")
    source = desk.open(COFFEE)
    with pytest.raises(Refused, match="does not accept the API key") as told:
        list(source.batches())
    said = f"{told.value} {told.value.url} {told.value.body} {told.value.__cause__!r}"
    assert "AIzaSomethingElse" not in said


def test_forget_leaves_nothing_of_a_channel(desk):
    source = desk.open(COFFEE._replace(handles=("coffee0",)))
    list(source.batches())
    source.close()
    file = desk.home.sources / "youtube.sqlite"
    assert channel_id(0).encode() in file.read_bytes()
    gone = [f"youtube:{channel_id(0)}", "youtube:@coffee0", "bluesky:@coffee6"]
    assert type(source).forget(desk.home, gone) > 0
    left = b"".join(p.read_bytes() for p in desk.home.sources.iterdir())
    assert channel_id(0).encode() not in left
    assert b"coffee0" not in left
    assert channel_id(6).encode() in left


def test_nothing_outlasts_thirty_days_in_the_state_of_a_run_that_nobody_went_on_with(desk):
    source = desk.open(COFFEE._replace(handles=("coffee0",)), budget=20)
    list(source.batches())
    source.close()
    file = desk.home.sources / "youtube.sqlite"
    assert b"Everything about specialty coffee" in file.read_bytes()
    desk.clock.forward(days=29)
    assert YouTubeSource.expire(desk.home, clock=desk.clock) == 0
    desk.clock.forward(days=2)
    assert YouTubeSource.expire(desk.home, clock=desk.clock) > 0
    held = file.read_bytes()
    assert b"Everything about specialty coffee" not in held
    assert channel_id(0).encode() not in held


@pytest.mark.parametrize(
    "word",
    [
        "coffee0",
        "@Coffee0",
        channel_id(0),
        f"https://www.youtube.com/channel/{channel_id(0)}?x=1",
        "https://www.youtube.com/@coffee0",
    ],
)
def test_a_channel_may_be_named_in_every_usual_way(desk, word):
    found = tables(desk.open(Wanted(handles=(word,))).batches())
    assert found["profiles"]["profile_id"].to_list() == [f"youtube:{channel_id(0)}"]


SERVICE = Service(
    make=lambda folder, transport, budget: Desk(folder, transport=transport).open(
        COFFEE, budget=budget
    ),
    transport=lambda: transport_of(FakeYouTube(channels=40, clock=Clock(NOON))),
    secrets=(KEY,),
    # The videos of one group: at most one call for each of its channels.
    repeats=GROUP + 1,
    quota={"/search?": 100},
    flags={
        f"youtube:{channel_id(n)}": {"made_for_kids": n % 20 == 9, "audience_hidden": hidden}
        for n, hidden in ((0, False), (9, None), (27, True))
    },
    forget=lambda folder, gone: YouTubeSource.forget(Home(folder / "home"), gone),
    somebody=(f"youtube:{channel_id(0)}", "youtube:@coffee0"),
)


@pytest.mark.parametrize("check", list(check_source("youtube", SERVICE)), ids=lambda c: c.name)
def test_it_keeps_what_every_source_owes(check):
    check.run()
