"""One run over invented servers: who is kept, who is not, and what a second run does."""

import contextlib
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from influencr.errors import UsageError
from influencr.home import Home
from influencr.sources import Phrase, Wanted
from influencr.sources.http import State, Transport
from influencr.sources.mastodon import REFUSALS, MastodonSource
from influencr.sources.mastodon._memory import Memory
from influencr.testing.check_source import Service, check_source

from .conftest import Fediverse, Server, Stopped, account, make_source, rows, status

ANA, BEA, CAL = account("ana"), account("bea", note="<p>Painter</p>"), account("cal")


def lisbon() -> Server:
    """Ana roasts coffee and Cal follows her; Bea paints and allows no reading of her posts."""
    bea = {**BEA, "indexable": False}
    server = Server("lisbon.example", [ANA, bea, CAL])
    server.statuses = {ANA["id"]: [status(ANA, n) for n in range(3)], bea["id"]: [status(bea, 9)]}
    server.followers = {ANA["id"]: [CAL], bea["id"]: [ANA]}
    server.following = {ANA["id"]: [bea]}
    server.tags = {ANA["id"]: ["coffee", "lisboa"]}
    server.collections = {
        ANA["id"]: [
            {
                "uri": "https://lisbon.example/ap/1/collections/7",
                "account_id": CAL["id"],
                "name": "Roasters",
                "description": "<p>Who roasts here</p>",
                "discoverable": True,
                "sensitive": False,
                "tag": {"name": "coffee"},
                "items": [{"account_id": ANA["id"], "state": "accepted"}],
            }
        ]
    }
    return server


def frames(source: MastodonSource) -> dict[str, pl.DataFrame]:
    made: dict[str, list[pl.DataFrame]] = {}
    for table, frame in source.batches():
        made.setdefault(table, []).append(frame)
    return {table: pl.concat(parts) for table, parts in made.items()}


def test_a_whole_run(source):
    found = frames(source(lisbon()))
    people = {row["handle"]: row for row in found["profiles"].to_dicts()}
    assert sorted(people) == ["ana@lisbon.example", "bea@lisbon.example", "cal@lisbon.example"]
    ana = people["ana@lisbon.example"]
    assert ana["profile_id"] == "mastodon:https://lisbon.example/users/ana"
    assert ana["bio_text"] == "Specialty coffee & bread"
    assert ana["topics_declared"] == ["coffee", "lisboa"]
    assert (ana["followers"], ana["has_avatar"], ana["has_banner"]) == (1200, True, False)
    assert (ana["licence"], ana["policy"], ana["fetch_method"]) == ("open-protocol", 15, "api")
    assert len(found["posts"]) == 4
    edges = found["follows"].select("follower_id", "followed_id").rows()
    name = "mastodon:https://lisbon.example/users/{}".format
    assert sorted(edges) == [
        (name("ana"), name("bea")),
        (name("cal"), name("ana")),
    ]
    (pack,) = found["packs"].to_dicts()
    assert (pack["member_id"], pack["name"]) == (name("ana"), "Roasters")
    assert (pack["description"], pack["owner_id"]) == ("Who roasts here #coffee", name("cal"))


def test_words_of_posts_only_where_they_may_be_read(source):
    posts = {row["post_id"]: row for row in rows(source(lisbon()), "posts")}
    ana = posts["mastodon:https://lisbon.example/users/ana/statuses/2"]
    bea = posts["mastodon:https://lisbon.example/users/bea/statuses/9"]
    assert (ana["text"], ana["hashtags"], ana["likes"]) == ("Pour over 2 #Coffee", ["coffee"], 5)
    words = ("text", "language", "hashtags", "mentions", "links")
    assert {bea[column] for column in words} == {None}
    assert (bea["likes"], bea["replies"], bea["reposts"]) == (12, 1, 2)


NO: dict[str, dict[str, Any]] = {
    "suspended": {"suspended": True},
    "memorial": {"memorial": True},
    "moved": {"moved": {"id": "7"}},
    "limited": {"limited": True},
    "locked": {"locked": True},
    "noindex": {"noindex": True},
    "stop_word": {"note": "<p>Baker. <a class='mention hashtag'>#<span>NoBot</span></a></p>"},
    "not_discoverable": {"discoverable": None},
}


def test_every_rule_has_a_case():
    assert set(NO) == set(REFUSALS)


@pytest.mark.parametrize("word", NO)
def test_whoever_says_no_is_in_no_row(source, word):
    server = lisbon()
    server.people.append({**account("dov"), **NO[word]})
    server.statuses["x"] = [status(server.people[-1], 40)]
    server.followers[ANA["id"]].append(server.people[-1])
    server.following[ANA["id"]].append(server.people[-1])
    made = source(server, wanted=Wanted(phrases=(Phrase("coffee"),)))
    for table, frame in made.batches():
        assert "users/dov" not in frame.write_json(), table
    notes = " ".join(made.report().notes)
    assert REFUSALS[word] in notes
    assert "dov" not in notes


@pytest.mark.parametrize("word", NO)
def test_whoever_takes_consent_back_is_taken_out_without_a_word(source, word):
    server = lisbon()
    frames(source(server))
    server.people[0] = {**ANA, **NO[word]}
    (row,) = [r for r in rows(source(server), "profiles") if "users/ana" in r["profile_id"]]
    told = {k for k, v in row.items() if v is not None} - {"is_private", "indexable", "noindex"}
    assert told == {
        *("profile_id", "platform", "source", "fetched_at", "fetch_method", "licence", "policy"),
        *("status", "discoverable"),
    } - ({"discoverable"} if row["discoverable"] is None else set())
    said_no = (
        row["status"] != "active",
        row["noindex"] is True,
        row["is_private"] is True,
        row["discoverable"] is False,
    )
    assert any(said_no)
    # A third run knows nothing of her, and says nothing.
    assert "users/ana" not in str(rows(source(server), "profiles"))


def test_an_account_is_read_from_its_own_server_and_counted_once(source):
    porto = Server("porto.example", [account("eva", "porto.example")])
    seen_here = {**porto.people[0], "acct": "eva@porto.example", "display_name": "Old copy"}
    stranger = {**account("fay", "braga.example"), "acct": "fay@braga.example"}
    server = lisbon()
    server.people += [seen_here, stranger]
    server.followers[ANA["id"]] += [seen_here, stranger]
    made = source(server, porto)
    found = frames(made)
    eva = found["profiles"].filter(pl.col("handle") == "eva@porto.example")
    assert eva["display_name"].to_list() == ["Eva"]
    followers = found["follows"].filter(pl.col("followed_id").str.ends_with("/ana"))
    assert sorted(followers["follower_id"]) == [
        "mastodon:https://lisbon.example/users/cal",
        "mastodon:https://porto.example/users/eva",
    ]
    assert "fay" not in str(found["profiles"].to_dicts()) + str(found["follows"].to_dicts())
    assert "accounts of other servers were passed over" in " ".join(made.report().notes)


def test_a_server_cannot_speak_for_another(source):
    liar = {**account("ana"), "id": "666", "display_name": "Not Ana"}
    evil = Server("evil.example", [liar])
    made = source(evil)
    assert rows(made, "profiles") == []
    assert "1 answers were not in the documented form" in " ".join(made.report().notes)


def test_nobody_who_hides_them_is_asked_for_followers(source):
    server = lisbon()
    server.people[0] = {**ANA, "hide_collections": True}
    made = source(server)
    found = frames(made)
    assert f"/api/v1/accounts/{ANA['id']}/followers" not in server.asked
    assert f"/api/v1/accounts/{ANA['id']}/following" not in server.asked
    hidden = found["profiles"].filter(pl.col("audience_hidden"))
    assert hidden["handle"].to_list() == ["ana@lisbon.example"]


def test_words_choose_who_is_looked_at_closer(source):
    server = lisbon()
    made = source(server, wanted=Wanted(words="coffee", phrases=(Phrase("coffee", "en"),)))
    found = frames(made)
    assert len(found["profiles"]) == 3
    assert f"/api/v1/accounts/{BEA['id']}/statuses" in server.asked  # she posts under the tag
    server = lisbon()
    server.statuses = {}
    frames(source(server, wanted=Wanted(words="Coffee", limit=2)))
    assert f"/api/v1/accounts/{BEA['id']}/statuses" not in server.asked


def test_the_dry_run_asks_nobody_and_is_an_upper_bound(source):
    server = lisbon()
    made = source(server, wanted=Wanted(phrases=(Phrase("specialty coffee"),), limit=3))
    plan = made.plan()
    assert server.asked == []
    assert {s.strategy for s in plan.steps} == {
        *("instance", "directory", "tags", "search", "featured tags", "posts"),
        *("collections", "followers", "following"),
    }
    frames(made)
    spent = {f.strategy: f.calls for f in made.report().found}
    for step in plan.steps:
        assert spent[step.strategy] <= step.calls, step
    assert sum(spent.values()) <= plan.calls


def test_a_budget_ends_the_run_and_the_next_one_goes_on(source, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    whole = frames(source(lisbon()))
    server = lisbon()
    gathered: list[tuple[str, pl.DataFrame]] = []
    finished = False
    for _ in range(30):
        made = source(server, budget=12, folder=own)
        gathered += list(made.batches())
        report = made.report()
        made.close()
        if report.finished:
            finished = True
            break
        assert any("budget" in note.lower() for note in report.notes)
    assert finished
    for table, frame in whole.items():
        parts = pl.concat([f for name, f in gathered if name == table])
        key = [c for c in frame.columns if c != "fetched_at"]
        again = parts.select(key).unique(maintain_order=True)
        assert again.sort(key[0], key[1]).equals(
            frame.select(key).unique(maintain_order=True).sort(key[0], key[1])
        ), table


def test_robots_txt_is_kept(source):
    server = lisbon()
    server.robots = "User-agent: *\nDisallow: /api/\n"
    made = source(server)
    assert rows(made, "profiles") == []
    assert server.asked == []
    assert "asks robots not to read" in " ".join(made.report().notes)


def test_what_needs_a_token_is_left_and_the_rest_is_read(source):
    server = lisbon()
    path = f"/api/v1/accounts/{ANA['id']}/followers"
    server.faults[path] = [(401, {}, b'{"error": "This method requires an authenticated user"}')]
    made = source(server)
    found = frames(made)
    assert len(found["posts"]) == 4
    assert "lisbon.example was not asked further for followers" in " ".join(made.report().notes)
    assert made.report().finished


@pytest.mark.parametrize("body", [b"<html>not json</html>", b"{}", b'["x", null, 3, {"id": 1}]'])
def test_malformed_answers_take_nothing_else_down(source, body):
    server = lisbon()
    server.faults["/api/v1/directory"] = [(200, {}, body)]
    server.faults[f"/api/v1/accounts/{ANA['id']}/statuses"] = [(200, {}, body)] * 3
    made = source(server, wanted=Wanted(phrases=(Phrase("bread"),)))
    found = frames(made)
    assert "ana@lisbon.example" in found["profiles"]["handle"].to_list()
    assert made.report().finished


@pytest.mark.parametrize("is_iso", [False, True])
def test_a_rate_limit_is_waited_for_in_both_forms(source, clock, is_iso):
    at = datetime.fromtimestamp(clock.now + 120, UTC)
    reset = at.strftime("%Y-%m-%dT%H:%M:%S.000Z") if is_iso else str(int(clock.now + 120))
    headers = {"x-ratelimit-limit": "300", "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}
    server = lisbon()
    server.faults["/api/v1/directory"] = [(429, headers, b'{"error": "Too many requests"}')]
    made = source(server)
    assert len(rows(made, "profiles")) == 3
    assert 100 < max(clock.slept) < 130
    assert made.report().finished


def test_a_server_that_is_down_is_left_for_the_next_run(source):
    down, up = lisbon(), Server("porto.example", [account("eva", "porto.example")])
    down.faults["/api/v2/instance"] = [(503, {}, b"")] * 5
    made = source(down, up)
    assert [r["handle"] for r in rows(made, "profiles")] == ["eva@porto.example"]
    assert not made.report().finished
    made = source(down, up)
    assert "ana@lisbon.example" in [r["handle"] for r in rows(made, "profiles")]
    assert made.report().finished


def test_a_status_sweep_says_who_is_gone_and_who_said_no(source):
    server = lisbon()
    frames(source(server))
    server.people = [{**ANA, "followers_count": 1300}, {**BEA, "noindex": True}]
    again = tuple(f"https://lisbon.example/users/{n}" for n in ("ana", "bea", "cal"))
    made = source(server, wanted=Wanted(again=again))
    found = {r["profile_id"].rpartition("/")[2]: r for r in rows(made, "profiles")}
    assert found["ana"]["followers"] == 1300
    assert (found["bea"]["noindex"], found["bea"]["bio_text"]) == (True, None)
    assert found["cal"]["status"] == "deleted"
    assert made.report().gone == ("mastodon:https://lisbon.example/users/cal",)
    assert made.report().finished


def test_who_lives_where_nobody_asks_any_more_is_told(source):
    again = ("https://lisbon.example/users/ana", "https://gone.example/users/eva")
    made = source(lisbon(), wanted=Wanted(again=again))
    assert [r["handle"] for r in rows(made, "profiles")] == ["ana@lisbon.example"]
    assert made.report().notes[0].startswith("1 known accounts live on servers that are not")


def test_a_server_that_was_set_up_anew_takes_nobody_along(source):
    server = lisbon()
    server.people += [account("dov"), account("eli")]
    frames(source(server))
    again = tuple(f"https://lisbon.example/users/{n}" for n in ("ana", "bea", "cal", "dov", "eli"))
    people, server.people = server.people, []
    made = source(server, wanted=Wanted(again=again))
    assert frames(made) == {}
    assert made.report().gone == ()
    assert not made.report().finished
    assert "knows none of 5 accounts" in " ".join(made.report().notes)
    # The number of one is another's now: nothing is said of either.
    server.people = [{**people[1], "id": people[0]["id"]}, *people[2:]]
    made = source(server, wanted=Wanted(again=again[:1] + again[2:]))
    found = rows(made, "profiles")
    assert not any("users/ana" in r["profile_id"] or "users/bea" in r["profile_id"] for r in found)
    assert made.report().gone == ()


def test_named_accounts_are_looked_up(source):
    server = lisbon()
    made = source(server, wanted=Wanted(handles=("@ana@lisbon.example", "zoe@lisbon.example")))
    found = frames(made)
    assert found["profiles"]["handle"].to_list()[0] == "ana@lisbon.example"
    assert "/api/v1/directory" not in server.asked


def test_a_link_to_another_server_is_not_followed(source):
    server = lisbon()
    path = f"/api/v1/accounts/{ANA['id']}/followers"
    link = '<https://evil.example/api/v1/x>; rel="next"'
    server.faults[path] = [(200, {"link": link}, b"[]")]
    made = source(server)
    frames(made)
    assert made.report().finished


def test_a_server_under_another_name_is_not_read(source):
    server = lisbon()
    server.moved_to = "social.lisbon.example"
    made = source(server)
    assert frames(made) == {}
    assert "it answers from social.lisbon.example; list that name" in made.report().notes[-1]


def test_long_lists_are_read_page_by_page(source):
    server = lisbon()
    crowd = [account(f"p{n}") for n in range(130)]
    for n, person in enumerate(crowd):
        person["id"] = str(10_000 + n)
    server.followers[ANA["id"]] = crowd
    found = frames(source(server))
    followers = found["follows"].filter(pl.col("followed_id").str.ends_with("/ana"))
    assert followers["follower_id"].n_unique() == 130
    found = frames(source(server, follower_pages=1))
    followers = found["follows"].filter(pl.col("followed_id").str.ends_with("/ana"))
    assert followers["follower_id"].n_unique() == 80


def plaza() -> Server:
    """Lisbon, with somebody for every rule, who follows Ana."""
    server = lisbon()
    for word, fields in NO.items():
        person = {**account(f"no.{word}"), **fields}
        server.people.append(person)
        server.followers[ANA["id"]].append(person)
        server.statuses[person["id"]] = [status(person, 60)]
    return server


def at_work(folder: Path, transport: Transport, budget: int | None) -> MastodonSource:
    return make_source(folder, transport, ("lisbon.example",), clock=Stopped(), budget=budget)


def forgotten(folder: Path, names: Sequence[str]) -> int:
    with State(folder / "mastodon.sqlite") as state:
        return Memory(state).forget(names)


NAME = "mastodon:https://lisbon.example/users/{}".format
SERVICE = Service(
    make=at_work,
    transport=lambda: Fediverse(plaza()),
    # One page of the directory with the tags of those who were chosen, or a group of accounts with
    # four questions each, and who the server is.
    repeats=3 * 4 + 3,
    flags={
        NAME("ana"): {"discoverable": True, "indexable": True, "noindex": False},
        NAME("bea"): {"discoverable": True, "indexable": False},
    },
    kept_out=tuple(NAME(f"no.{word}") for word in NO),
    forget=forgotten,
    somebody=(NAME("ana"), "mastodon:@ana@lisbon.example"),
)


@pytest.mark.parametrize("check", list(check_source("mastodon", SERVICE)), ids=lambda c: c.name)
def test_the_source_keeps_its_promises(check):
    check.run()


def test_it_is_off_until_servers_are_named(tmp_path):
    home = Home(tmp_path / "home")
    with pytest.raises(UsageError, match="mastodon is off"):
        MastodonSource.open(home, Wanted(), budget=None)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('instances = ["https://a.example/about"]', "is no server"),
        ('instances = ["a b"]', "is no server"),
        ('instances = "a.example"', "must be"),
        ('instances = ["a.example"]\ncreators = -1', "0 to 100000"),
        ('instances = ["a.example"]\ncreatorz = 1', "creators"),
        ('instances = ["a.example"]', "contact"),
    ],
)
def test_settings_that_cannot_be_meant(tmp_path, monkeypatch, text, sentence):
    monkeypatch.delenv("INFLUENCR_CONTACT", raising=False)
    home = Home(tmp_path / "home")
    (home.path / "sources.toml").write_text(f"[mastodon]\n{text}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=sentence):
        MastodonSource.open(home, Wanted(), budget=None)


def test_opened_from_a_home_and_forgetting_somebody(tmp_path, source):
    home = Home(tmp_path / "home")
    (home.path / "sources.toml").write_text(
        'contact = "mailto:ops@influencr.example"\n[mastodon]\ninstances = ["lisbon.example"]\n',
        encoding="utf-8",
    )
    opened = MastodonSource.open(home, Wanted(words="bread"), budget=10)
    assert opened.plan().calls > 0
    opened.close()
    frames(source(lisbon(), folder=home.sources))
    file = home.sources / "mastodon.sqlite"
    names = ["mastodon:https://lisbon.example/users/ana", "mastodon:@ana@lisbon.example"]
    assert MastodonSource.forget(home, names) > 0
    with contextlib.closing(sqlite3.connect(file)) as connection:
        assert "users/ana" not in "\n".join(connection.iterdump())
    assert MastodonSource.forget(home, names) == 0
