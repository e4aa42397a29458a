"""The awaited engine answers what the engine answers, and lets others go on meanwhile."""

import asyncio
import inspect
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest

import influencr
from influencr.engine import AsyncEngine, Engine
from influencr.errors import HomeError, UnknownValue, UsageError
from influencr.search import Results, make_query

#: How long something took is no part of an answer.
UNTIMED: dict[str, Any] = {"took_ms": 0.0}


def untimed(results: Results) -> Results:
    return msgspec.structs.replace(results, **UNTIMED)


@pytest.fixture(scope="module")
def engine(tiny_home: Path) -> Any:
    with Engine(tiny_home) as opened:
        yield opened


def test_every_question_has_its_answer(engine: Engine) -> None:
    query = make_query(text="food", everything=True)
    one, other = (hit.profile_id for hit in engine.search(limit=2).hits)

    async def ask() -> None:
        awaited = AsyncEngine(engine)
        assert untimed(await awaited.search("food", everything=True)) == untimed(
            engine.query(query)
        )
        assert untimed(await awaited.query(query)) == untimed(engine.query(query))
        assert await awaited.count("food", everything=True) == engine.query(query).total
        assert await awaited.whereabouts(query) == engine.whereabouts(query)
        assert untimed(await awaited.similar(one, limit=3)) == untimed(engine.similar(one, limit=3))
        assert await awaited.show(one) == engine.show(one)
        assert await awaited.show("tiktok:@nobodyknows") is None
        assert await awaited.explain(query, one) == engine.explain(query, one)
        assert await awaited.compare(query, one, other) == engine.compare(query, one, other)
        assert await awaited.suggest_places("par") == engine.suggest_places("par")

    asyncio.run(ask())


def test_people_are_counted(engine: Engine) -> None:
    known = engine.search(platform="bluesky", sort="followers", limit=3)
    who = [hit.profile_id for hit in known.hits]

    async def ask() -> None:
        awaited = AsyncEngine(engine)
        assert await awaited.overlap(who) == engine.overlap(who)
        assert await awaited.plan(budget=2_000, per_1000=(5, 20), curve=False) == engine.plan(
            budget=2_000, per_1000=(5, 20), curve=False
        )

    asyncio.run(ask())


def test_everybody_comes_in_the_order_of_the_search(engine: Engine) -> None:
    expected = [hit.profile_id for hit in engine.search(everything=True, limit=10_000).hits]
    assert [hit.profile_id for hit in engine.every(everything=True, limit=3)] == expected

    async def ask() -> list[str]:
        awaited = AsyncEngine(engine)
        return [hit.profile_id async for hit in awaited.every(everything=True, limit=3)]

    assert asyncio.run(ask()) == expected


def test_every_starts_behind_a_cursor(engine: Engine) -> None:
    first = engine.search(limit=5)
    behind = [hit.profile_id for hit in engine.every(after=first.next)]
    assert behind == [hit.profile_id for hit in engine.every()][5:]


def test_errors_are_those_of_the_engine(engine: Engine) -> None:
    async def ask(**fields: Any) -> None:
        await AsyncEngine(engine).search(**fields)

    with pytest.raises(UsageError, match="folowers_min"):
        asyncio.run(ask(folowers_min=3))
    with pytest.raises(UnknownValue, match="verdict"):
        asyncio.run(ask(verdict="veted"))
    with pytest.raises(UsageError, match="is not a filter"):
        engine.every(folowers_min=3)


def test_others_go_on_while_it_answers(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, may_answer = threading.Event(), threading.Event()

    def slow(text: str) -> str:
        asked.set()
        assert may_answer.wait(60)
        return text

    monkeypatch.setattr(engine, "search", slow)

    async def ask() -> Any:
        waiting = asyncio.ensure_future(AsyncEngine(engine).search("words"))
        while not asked.is_set():
            await asyncio.sleep(0)
        assert not waiting.done()
        may_answer.set()
        return await waiting

    assert asyncio.run(ask()) == "words"


def test_open_async_opens_and_closes(tiny_home: Path, tmp_path: Path) -> None:
    async def ask() -> Results:
        async with influencr.open_async(tiny_home) as awaited:
            return await awaited.search(limit=1)

    assert len(asyncio.run(ask()).hits) == 1
    with pytest.raises(HomeError):
        influencr.open_async(tmp_path / "nothing")


def test_the_same_names_and_keywords_as_the_engine() -> None:
    own = {"progress"}  # a function that is called in a thread is no business of who awaits
    for name, method in vars(AsyncEngine).items():
        if name.startswith("_"):
            continue
        awaited = list(inspect.signature(method).parameters.values())[1:]
        plain = list(inspect.signature(getattr(Engine, name)).parameters.values())[1:]
        if any(p.kind is p.VAR_KEYWORD for p in awaited):
            known = {p.name for p in plain}
            assert {p.name for p in awaited if p.kind is not p.VAR_KEYWORD} <= known, name
            continue
        assert [(p.name, p.kind, p.default) for p in awaited] == [
            (p.name, p.kind, p.default) for p in plain if p.name not in own
        ], name
