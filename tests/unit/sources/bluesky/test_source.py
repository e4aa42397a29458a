"""Whole runs over an invented network: who is found, what is stored, what it costs, going on."""

import json
from collections import Counter
from datetime import UTC, datetime

import polars as pl
import pytest
from tests.standins.bluesky_world import BORN, INDEXED, lisbon
from tests.standins.clock import Clock

from influencr.errors import Unreachable, UsageError
from influencr.home import Home
from influencr.sources import Collectable, Phrase, Wanted
from influencr.sources.bluesky import BlueskySource
from influencr.sources.http import Answer
from influencr.testing.check_source import Service, check_source


def rows(batches):
    made = {}
    for table, frame in batches:
        made.setdefault(table, []).append(frame)
    return {table: pl.concat(frames) for table, frames in made.items()}


def latest(frame, did, column):
    own = frame.filter(pl.col("profile_id") == f"bluesky:{did}", pl.col(column).is_not_null())
    return own.sort("fetched_at")[column].to_list()[-1]


def test_the_scene_is_found_and_the_report_adds_up(world, make):
    source = make()
    found = rows(source.batches())
    report = source.report()
    assert isinstance(source, Collectable)
    assert report.finished
    people = {f"bluesky:did:plc:{100 + n:024d}" for n in range(40)}
    seen = set(found["profiles"].filter(pl.col("followers").is_not_null())["profile_id"])
    assert people <= seen
    assert sum(f.calls for f in report.found) == len(world.calls) == source._client.calls
    told = {f.strategy: f for f in report.found}
    assert told["packs"].people == 14
    assert told["lists"].people == 6
    assert told["actors"].people > 30
    assert all(f.only_here <= f.people for f in report.found if f.only_here is not None)
    assert report.scene.low <= report.scene.estimate <= report.scene.high


def test_what_the_network_shows_is_what_is_stored(world, make):
    found = rows(make().batches())
    everybody = [f"did:plc:{100 + n:024d}" for n in range(40)]
    for did in everybody:
        ours = found["posts"].filter(pl.col("profile_id") == f"bluesky:{did}")
        assert len(ours) == len(world.posts[did]) == 2
        for post in ours.iter_rows(named=True):
            uri = post["post_id"].removeprefix("bluesky:")
            assert post["likes"] == len(world.likes[uri])
            liked = found["engagements"].filter(
                pl.col("post_id") == post["post_id"], pl.col("kind") == "like"
            )
            assert set(liked["actor_id"]) == {f"bluesky:{fan}" for fan in world.likes[uri]}
        follows = found["follows"].filter(pl.col("followed_id") == f"bluesky:{did}")
        assert set(follows["follower_id"]) == {f"bluesky:{f}" for f in world.followers[did]}
        assert latest(found["profiles"], did, "followers") == len(world.followers[did])
    packs = found["packs"]
    names = set(packs["name"])
    assert names == {"Lisbon coffee people", "Coffee, Lisboa"}
    assert packs["added_at"].null_count() == 0


def test_every_kind_of_act_is_stored_once(world, make):
    author, other = (f"did:plc:{n:024d}" for n in (100, 102))
    rkey = world.posts[author][0][0]
    uri = f"at://{author}/app.bsky.feed.post/{rkey}"
    strong = {"uri": uri, "cid": "bafyrei"}
    # seen from both sides: in the list of the post, and in the feed of who did it
    world.reposts[uri] = [other]
    quote = world.write(
        other, "look", 900, embed={"$type": "app.bsky.embed.record", "record": strong}
    )
    world.quotes[uri] = [quote]
    answer = world.write(other, "yes", 901, reply={"root": strong, "parent": strong})
    world.replies[uri] = [answer]
    found = rows(make().batches())
    acts = found["engagements"].filter(pl.col("post_id") == f"bluesky:{uri}")
    told = acts.select("actor_id", "kind", "at").unique()
    assert told.filter(pl.col("kind") == "repost").rows() == [(f"bluesky:{other}", "repost", None)]
    assert told.filter(pl.col("kind") == "quote").height == 1
    assert told.filter(pl.col("kind") == "reply").is_empty()
    posts = found["posts"].select("post_id", "kind", "reply_to", "text").unique()
    assert (f"bluesky:{answer}", "reply", f"bluesky:{uri}", "yes") in posts.rows()
    assert (f"bluesky:{quote}", "quote", None, "look") in posts.rows()


def test_strangers_are_not_looked_at(make):
    found = rows(make().batches())
    strangers = found["profiles"].filter(pl.col("display_name").str.starts_with("Stranger"))
    assert strangers.is_empty()


@pytest.mark.parametrize("budget", [1, 2, 7, 40, 120])
def test_a_budget_is_never_passed(world, make, budget):
    source = make(budget=budget)
    list(source.batches())
    assert 0 < len(world.calls) <= budget
    assert sum(found.calls for found in source.report().found) == len(world.calls)


def test_a_run_out_of_calls_goes_on_with_the_same_wish(world, make):
    whole = make(client_budget=300)
    list(whole.batches())
    whole.finish()
    n_calls = len(world.calls)
    world.calls.clear()
    for calls in (1, 30, 60, 300):
        source = make(client_budget=calls)
        list(source.batches())
        report = source.report()
        assert report.finished is (calls == 300)
        if not report.finished:
            assert any("the same command goes on" in sentence for sentence in report.notes)
        source.finish()  # what is not finished is kept
        source.close()
    assert len(world.calls) == n_calls
    assert max(Counter(world.calls).values()) == 1


def test_a_small_budget_still_reaches_posts_and_audiences(make):
    source = make(budget=100)
    found = rows(source.batches())
    assert {"profiles", "posts", "engagements", "follows", "packs"} <= set(found)


def test_audiences_come_whole_one_after_the_other(world, make):
    creators = [f"did:plc:{100 + n:024d}" for n in (0, 2, 4)]
    for number, creator in enumerate(creators):
        for fan in range(350):
            world.follow(world.person(20_000 + 1_000 * number + fan, "Fan"), creator)
    asked = []
    for calls in range(150, 400, 10):
        source = make(client_budget=calls, file=None)
        n_before = len(world.calls)
        list(source.batches())
        asked += [c for c in world.calls[n_before:] if c[0].endswith("getFollowers")]
        if source.report().finished:
            break
        source.close()
    actors = [json.loads(params)["actor"] for _, params in asked]
    pages = {creator: actors.count(creator) for creator in creators}
    assert set(pages.values()) == {4}
    for creator in creators:
        first = actors.index(creator)
        assert actors[first : first + 4] == [creator] * 4


def test_the_plan_is_kept(world, make):
    source = make(budget=300)
    plan = source.plan()
    assert plan.calls == 300
    assert plan.seconds == pytest.approx(30.0)
    assert world.calls == []
    list(source.batches())
    spent = {f.strategy: f.calls for f in source.report().found}
    assert sum(spent.values()) <= plan.calls


def test_a_run_that_stopped_at_any_call_asks_nothing_twice(world, make, tmp_path):
    whole = rows(make(file=tmp_path / "whole.sqlite").batches())
    n_calls = len(world.calls)

    def content(frame):
        names = sorted(set(frame.columns) - {"fetched_at"})
        lists = [n for n, t in frame.schema.items() if t == pl.List]
        flat = frame.with_columns(pl.col(n).list.join("|") for n in lists)
        return set(flat.select(names).iter_rows())

    for stop_at in range(1, n_calls, 61):
        world.calls.clear()
        file = tmp_path / f"{stop_at}.sqlite"

        class Stopped(Exception):
            pass

        left = stop_at

        def fails(call):
            nonlocal left
            left -= 1
            if left < 0:
                raise Stopped
            return world.transport(call)

        gathered = []
        stopped = make(file=file, transport=fails)
        with pytest.raises(Stopped):
            gathered.extend(stopped.batches())
        stopped.close()
        again = make(file=file)
        gathered += list(again.batches())
        assert again.report().finished
        assert max(Counter(world.calls).values()) == 1, stop_at
        assert len(world.calls) == n_calls
        got = rows(gathered)
        for name, frame in whole.items():
            assert content(got[name]) == content(frame)


def test_a_batch_that_was_not_stored_comes_again(make):
    stopped = make().batches()
    first = next(stopped)
    stopped.close()
    again = next(make().batches())
    assert again.table == first.table
    assert again.frame.equals(first.frame)


def test_a_service_that_fails_stops_the_run_and_loses_nothing(world, make):
    def down(call):
        if "getAuthorFeed" in call.url:
            return Answer(503, {}, b"", call.url)
        return world.transport(call)

    source = make(transport=down)
    with pytest.raises(Unreachable):
        list(source.batches())
    before = len(world.calls)
    assert not source.report().finished
    again = make()
    list(again.batches())
    assert again.report().finished
    assert max(Counter(world.calls).values()) == 1
    assert len(world.calls) > before


def test_who_left_or_opted_out_costs_nothing_more(world, make):
    shy, gone, private = (f"did:plc:{100 + n:024d}" for n in (0, 2, 4))
    world.accounts[shy]["labels"] = [{"src": shy, "val": "!no-unauthenticated", "cts": BORN}]
    world.refusals[gone] = "AccountTakedown"
    world.declared[private] = True
    source = make()
    found = rows(source.batches())
    assert latest(found["profiles"], shy, "no_signed_out") is True
    assert latest(found["profiles"], private, "no_recommend") is True
    asked = [
        params
        for method, params in world.calls
        if method.rpartition(".")[2] in ("getAuthorFeed", "getFollowers")
    ]
    assert not any(did in params for did in (shy, gone, private) for params in asked)


def test_a_declaration_that_cannot_be_read_is_taken_for_the_stricter_wish(world, make):
    hidden, withdrawn = (f"did:plc:{100 + n:024d}" for n in (0, 2))
    world.declared.update({hidden: False, withdrawn: True})

    def faulty(call):
        if "getRecord" in call.url and f"{100:024d}" in call.url:
            return Answer(400, {}, b'{"error":"InternalServerError"}', call.url)
        if "getRecord" in call.url:
            return Answer(400, {}, b'{"error":"RecordNotFound"}', call.url)
        return world.transport(call)

    found = rows(make(transport=faulty).batches())
    assert latest(found["profiles"], hidden, "no_recommend") is True
    assert latest(found["profiles"], withdrawn, "no_recommend") is False


def test_named_accounts_are_looked_at_and_unknown_ones_are_told(make):
    source = make(Wanted(handles=("p100.example.net", "nobody.example.net")))
    found = rows(source.batches())
    assert f"bluesky:did:plc:{100:024d}" in set(found["posts"]["profile_id"])
    assert any("nobody.example.net" in sentence for sentence in source.report().notes)


def test_the_seeds_own_servers_say_since_when_they_follow(world, make):
    source = make(follow_records=True)
    found = rows(source.batches())
    dated = found["follows"].filter(pl.col("followed_at").is_not_null())
    assert dated["followed_at"].unique().to_list() == [datetime.fromisoformat(INDEXED)]
    assert dated["via_id"].unique().to_list() == [f"bluesky:{next(iter(world.packs))}"]
    told = {one.strategy: one for one in source.report().found}
    assert told["follows"].people > 10
    assert not any("getFollows" in method for method, _ in world.calls)


@pytest.mark.parametrize("status", [403, 404, 429, 500])
def test_a_server_of_somebodys_own_that_fails_stops_nothing(world, make, status):
    def faulty(call):
        if "pds.example.net" in call.url:
            return Answer(status, {"retry-after": "86400"}, b"", call.url)
        return world.transport(call)

    source = make(follow_records=True, transport=faulty, budget=3_000)
    list(source.batches())
    assert source.report().finished


@pytest.mark.parametrize("status", [401, 403, 404, 501])
def test_a_search_that_is_closed_to_us_is_told_and_left_out(world, make, status):
    def closed(call):
        if "searchActors" in call.url:
            return Answer(status, {}, b'{"error":"AuthMissing"}', call.url)
        return world.transport(call)

    source = make(transport=closed)
    found = rows(source.batches())
    report = source.report()
    assert report.finished
    assert report.scene is None
    assert [n for n in report.notes if "search for accounts is not open to us" in n]
    assert {one.strategy for one in report.found} >= {"packs", "lists", "feeds"}
    assert len(found["posts"]) > 0


def test_newcomers_whom_the_stream_heard_are_looked_at(world, make, tmp_path):
    from influencr.sources.bluesky.stream import Memory, left

    quiet, heard = (f"did:plc:{n:024d}" for n in (109, 1_003))
    file = tmp_path / "home" / "sources" / "bluesky.sqlite"
    home = Home(tmp_path / "home")
    assert home.sources == file.parent
    with Memory(file) as memory:
        memory.commit(None, left={"newcomer": [f"bluesky:{quiet}", f"bluesky:{heard}"]})
    source = over(tmp_path, world.transport, 400)
    list(source.batches())
    told = {one.strategy: one for one in source.report().found}
    source.close()
    assert told["heard"].people == 2
    assert left(file, "newcomer") == []
    # who says nothing of what is wanted is looked at, and no further
    feeds = [params for method, params in world.calls if method.endswith("getAuthorFeed")]
    assert not any(heard in params for params in feeds)


def test_size_and_number_bound_whose_posts_are_asked_for(world, make, coffee):
    source = make(coffee._replace(followers=(10, 20), limit=3))
    found = rows(source.batches())
    authors = set(found["posts"]["profile_id"])
    assert len(authors) == 3
    for author in authors:
        n = world.accounts[author.removeprefix("bluesky:")]["followersCount"]
        assert 10 <= n <= 20


def test_looking_again_tells_who_left_and_how(world, make):
    stays, down, paused, deleted, moved = (f"did:plc:{100 + n:024d}" for n in range(5))
    world.refusals[down] = "AccountTakedown"
    world.refusals[paused] = "AccountDeactivated"
    for did in (deleted, moved):
        del world.accounts[did]
    world.repo_status[deleted] = {"active": False, "status": "deleted"}
    world.repo_status[moved] = {"active": True}
    unknown = f"did:plc:{9:024d}"  # known to nobody any more
    source = make(Wanted(again=(stays, down, paused, deleted, moved, unknown)))
    found = rows(source.batches())["profiles"]
    status = {row["profile_id"][8:]: row["status"] for row in found.iter_rows(named=True)}
    assert status == {
        stays: "active",
        down: "takendown",
        paused: "deactivated",
        deleted: "deleted",
        unknown: "deleted",
    }
    report = source.report()
    assert report.finished
    assert set(report.gone) == {f"bluesky:{deleted}", f"bluesky:{unknown}"}
    # who did not change leaves no row behind, so it is noted who was asked for
    assert source._state.done("again") == {stays, down, paused, deleted, moved, unknown}


def test_a_finished_run_forgets_everybody_and_begins_anew(world, make, tmp_path):
    source = make()
    list(source.batches())
    n = len(world.calls)
    source.finish()
    source.close()
    again = make()
    list(again.batches())
    assert len(world.calls) == 2 * n
    again.finish()
    with again._state.transaction() as connection:
        asked = "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'collect_%'"
        tables = [table for (table,) in connection.execute(asked)]
        assert len(tables) == 6
        for table in tables:
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0


def test_somebody_who_leaves_is_in_no_unfinished_run(make, tmp_path):
    home = Home(tmp_path / "home")
    file = home.sources / "bluesky.sqlite"
    source = make(file=file, budget=90)
    list(source.batches())
    source.close()
    leaver = f"did:plc:{102:024d}"
    assert leaver.encode() in b"".join(p.read_bytes() for p in home.sources.iterdir())
    assert BlueskySource.forget(home, [f"bluesky:{leaver}", "bluesky:@p102.example.net"]) > 0
    left = b"".join(p.read_bytes() for p in home.sources.iterdir())
    assert leaver.encode() not in left
    assert b"p102.example.net" not in left
    assert BlueskySource.forget(home, ["tiktok:@ana"]) == 0


def test_a_handle_is_enough_where_nothing_was_stored_yet(world, make, tmp_path):
    home = Home(tmp_path / "home")
    file = home.sources / "bluesky.sqlite"

    class Killed(BaseException):
        pass

    def dies(call):
        if "getFollows" in call.url:
            raise Killed
        return world.transport(call)

    source = make(file=file, transport=dies)
    with pytest.raises(Killed):
        list(source.batches())
    source.close()
    leaver = f"did:plc:{102:024d}".encode()
    assert leaver in b"".join(p.read_bytes() for p in home.sources.iterdir())
    assert BlueskySource.forget(home, ["bluesky:@p102.example.net"]) > 0
    assert leaver not in b"".join(p.read_bytes() for p in home.sources.iterdir())


def test_nothing_wanted_is_one_sentence(make):
    with pytest.raises(UsageError, match="--near"):
        make(Wanted())


def service_world():
    world = lisbon(scene=12, strangers=3, audience=8)
    shy, hidden = (f"did:plc:{n:024d}" for n in (100, 102))
    world.accounts[shy]["labels"] = [{"src": shy, "val": "!no-unauthenticated", "cts": BORN}]
    world.accounts[hidden]["labels"] = [{"src": "did:plc:mod", "val": "!hide", "cts": BORN}]
    return world


def over(folder, transport, budget):
    home = Home(folder / "home")
    settings = 'contact = "mailto:operator@example.org"\n'
    (home.path / "sources.toml").write_text(settings, encoding="utf-8")
    clock = Clock(datetime(2026, 11, 1, tzinfo=UTC))
    wanted = Wanted("coffee", "Lisbon", (Phrase("coffee"),), (Phrase("Lisbon"),))
    return BlueskySource.open(
        home, wanted, budget=budget, transport=transport, clock=clock, sleep=clock.sleep
    )


SERVICE = Service(
    make=over,
    transport=lambda: service_world().transport,
    flags={
        f"bluesky:did:plc:{100:024d}": {"no_signed_out": True, "status": "active"},
        f"bluesky:did:plc:{102:024d}": {"status": "takendown"},
    },
    forget=lambda folder, names: BlueskySource.forget(Home(folder / "home"), names),
    somebody=(f"bluesky:did:plc:{103:024d}", "bluesky:@p103.example.net"),
)


@pytest.mark.parametrize(
    "check", list(check_source("bluesky", SERVICE)), ids=lambda check: check.name
)
def test_what_every_source_owes(check):
    check.run()
