"""A client over loopback to a real server, beside an engine on the same world."""

import asyncio
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import influencr
from influencr.engine import Engine
from influencr.errors import NotListed, UnknownParameter, UnknownValue, UsageError
from influencr.remote import AsyncRemote, Remote
from influencr.search import Hit, Results, make_query

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture(scope="module")
def engine(tiny_home: Path) -> Iterator[Engine]:
    with Engine(tiny_home) as opened:
        yield opened


@pytest.fixture
def client(served: str) -> Iterator[Remote]:
    with influencr.connect(served) as opened:
        yield opened


def from_afar(value: Any) -> Any:
    """What a value is without what no document holds: posts, and how long it took."""
    if isinstance(value, Results):
        hits = tuple(from_afar(hit) for hit in value.hits)
        return msgspec.structs.replace(value, hits=hits, took_ms=0.0)
    if isinstance(value, Hit):
        return msgspec.structs.replace(value, creator=from_afar(value.creator))
    if isinstance(value, dict):
        return {name: told for name, told in value.items() if name != "post_text"}
    return value


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"text": "vegan food"},
        {"text": '"food" -coffee', "sort": "followers", "limit": 3},
        {"place": "Germany", "everything": True},
        {"near": "London", "within_km": 300, "everything": True},
        {"platform": ("bluesky", "mastodon"), "histograms": ("followers", "growth")},
        {"facets": (), "funnel": False, "size_bands": ()},
        {"text": "zyxwvut"},
    ],
)
def test_results_are_equal(engine: Engine, client: Remote, fields: dict[str, Any]) -> None:
    here, there = engine.search(**fields), client.search(**fields)
    assert from_afar(there) == from_afar(here)
    assert there.to_polars().equals(here.to_polars())


def test_every_page_continues_here_or_there(engine: Engine, client: Remote) -> None:
    first = client.search(limit=4)
    assert from_afar(client.search(limit=4, after=first.next)) == from_afar(
        engine.search(limit=4, after=first.next)
    )


def test_everybody_comes_in_order(
    engine: Engine, client: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("influencr.remote._asked.PAGE", 7)
    expected = [hit.profile_id for hit in engine.every(everything=True)]
    assert len(expected) > 14
    assert [hit.profile_id for hit in client.every(everything=True)] == expected
    first = client.search(everything=True, limit=5)
    behind = [hit.profile_id for hit in client.every(everything=True, after=first.next)]
    assert behind == expected[5:]


def test_every_other_question_is_answered_alike(engine: Engine, client: Remote) -> None:
    query = make_query(text="food", everything=True)
    ids = [hit.profile_id for hit in engine.search(everything=True, limit=200).hits]
    mastodon = next(one for one in ids if one.startswith("mastodon:"))
    assert client.count("food", everything=True) == engine.count("food", everything=True)
    assert client.whereabouts(query) == engine.whereabouts(query)
    assert from_afar(client.similar(ids[0], limit=3)) == from_afar(engine.similar(ids[0], limit=3))
    for who in (ids[0], mastodon):
        assert client.show(who) == from_afar(engine.show(who))
        here, there = engine.explain(query, who), client.explain(query, who)
        assert there.because == here.because
        assert there.filters == here.filters
        assert from_afar(there.hit) == from_afar(here.hit)
    here_, there_ = (one.compare(query, ids[0], mastodon) for one in (engine, client))
    assert (there_.because, there_.parts, there_.decides) == (
        here_.because,
        here_.parts,
        here_.decides,
    )
    assert client.suggest_places("par", limit=3) == engine.suggest_places("par", limit=3)


def test_people_are_counted_alike(engine: Engine, client: Remote, tmp_path: Path) -> None:
    who = [hit.profile_id for hit in engine.search(platform="bluesky", limit=4).hits]
    assert client.overlap(who) == engine.overlap(who)
    asked: dict[str, Any] = {"budget": 2_000.0, "per_1000": (5.0, 20.0), "exclude": (who[0],)}
    query = make_query(platform="bluesky", activity=("active", "quiet"))
    assert client.plan(query, **asked) == engine.plan(query, **asked)
    prices = tmp_path / "prices.csv"
    prices.write_text(f"creator,low,high\n{who[1]},10,20\n")
    one = client.plan(who=who[:3], price_file=prices, **asked)
    assert one == engine.plan(who=tuple(who[:3]), price_file=prices, **asked)
    assert any(pick.cost_high == 20 for pick in one.picks)
    with pytest.raises(UsageError, match="filter of the query"):
        client.plan(budget=5, verdict=("vetted",))
    with pytest.raises(UnknownValue, match="budgt"):
        client.plan(budgt=5)


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_a_file_from_afar_is_the_file(
    engine: Engine, client: Remote, tmp_path: Path, ending: str
) -> None:
    query = make_query(text="food", sort="followers", limit=2, everything=True)
    here, there = tmp_path / f"here{ending}", tmp_path / f"there{ending}"
    done = engine.export(query, here)
    told = client.export(query, there)
    assert there.read_bytes() == here.read_bytes()
    assert told == (done.n_rows, None, None)
    assert done.n_rows > query.limit
    assert sorted(tmp_path.iterdir()) == [here, there]


def test_a_file_of_nobody_is_a_file(client: Remote, tmp_path: Path) -> None:
    for ending in (".csv", ".jsonl", ".parquet"):
        assert client.export(make_query(text="zyxwvut"), tmp_path / f"no{ending}").n_rows == 0


def test_a_file_that_cannot_be_is_refused_and_the_old_one_stays(
    engine: Engine, client: Remote, tmp_path: Path
) -> None:
    file = tmp_path / "kept.csv"
    file.write_text("before")
    query = make_query(on_list="no such list")
    for asks in (engine, client):
        with pytest.raises(UsageError, match="no such list"):
            asks.export(query, file)
        with pytest.raises(UsageError, match="the ending says the format"):
            asks.export(make_query(), tmp_path / "kept.xlsx")
    assert file.read_text() == "before"
    assert list(tmp_path.iterdir()) == [file]


def test_nobody_is_none(client: Remote, engine: Engine) -> None:
    assert client.show("tiktok:@nobodyknows") is None
    with pytest.raises(NotListed, match="nobodyknows"):
        client.explain(make_query(), "tiktok:@nobodyknows")


@pytest.mark.parametrize(
    "fields",
    [
        {"folowers_min": 3},
        {"verdict": "veted"},
        {"place": "Nowhereville at all"},
        {"near": "Lyon", "place": "Lyon"},
        {"on_list": "no such list"},
        {"brand": "no such brand"},
        {"after": "damaged"},
    ],
)
def test_errors_are_the_same(engine: Engine, client: Remote, fields: dict[str, Any]) -> None:
    told = []
    for asks in (engine, client):
        with pytest.raises(UsageError) as error:
            asks.search(**fields)  # type: ignore[attr-defined]
        told.append((type(error.value), str(error.value), error.value.field, error.value.valid))
    assert told[0] == told[1]


def test_any_question_by_its_name(client: Remote) -> None:
    document = client.ask("search", text="food", fields=("handle",), limit=2)
    assert [set(hit) for hit in document["hits"]] == [{"profile_id", "platform", "handle"}] * 2
    with pytest.raises(UnknownValue, match="did you mean 'search'"):
        client.ask("serch")
    with pytest.raises(UnknownParameter, match="did you mean 'prefix'"):
        client.ask("suggest", prefx="par")


def test_awaited_answers_are_the_same(engine: Engine, served: str, tmp_path: Path) -> None:
    query = make_query(text="food", everything=True)
    ids = [hit.profile_id for hit in engine.search(everything=True, limit=50).hits]

    async def ask() -> None:
        async with influencr.connect_async(served) as client:
            words = ("food", "vegan", "music", "")
            at_once = await asyncio.gather(*(client.search(word) for word in words))
            for word, found in zip(words, at_once, strict=True):
                assert from_afar(found) == from_afar(engine.search(word))
            assert from_afar(await client.query(query)) == from_afar(engine.query(query))
            assert await client.count("food") == engine.count("food")
            assert await client.whereabouts(query) == engine.whereabouts(query)
            assert await client.show(ids[0]) == from_afar(engine.show(ids[0]))
            assert await client.show("tiktok:@nobodyknows") is None
            assert (await client.explain(query, ids[0])).found == engine.explain(
                query, ids[0]
            ).found
            assert (await client.compare(query, *ids[:2])).because == engine.compare(
                query, ids[0], ids[1]
            ).because
            similar = await client.similar(ids[0], limit=3)
            assert from_afar(similar) == from_afar(engine.similar(ids[0], limit=3))
            assert await client.suggest_places("par") == engine.suggest_places("par")
            who = [one for one in ids if one.startswith("bluesky")][:3]
            assert await client.overlap(who) == engine.overlap(who)
            plan = await client.plan(budget=500.0, per_1000=(5.0, 20.0), curve=False)
            assert plan == engine.plan(budget=500.0, per_1000=(5.0, 20.0), curve=False)
            here, there = tmp_path / "here.jsonl", tmp_path / "there.jsonl"
            assert (await client.export(query, there)).n_rows == engine.export(query, here).n_rows
            assert there.read_bytes() == here.read_bytes()
            walked = [hit.profile_id async for hit in client.every(everything=True)]
            assert walked == [hit.profile_id for hit in engine.every(everything=True)]

    asyncio.run(ask())


def test_the_same_names_and_keywords_waited_for_or_awaited() -> None:
    for name, method in vars(Remote).items():
        if inspect.isfunction(method) and (not name.startswith("_") or name == "__init__"):
            other = inspect.signature(getattr(AsyncRemote, name)).parameters
            assert other == inspect.signature(method).parameters, name
