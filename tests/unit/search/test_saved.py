"""Saved searches: who is new since the last run, who is gone, and nobody twice."""

from typing import Any

import polars as pl
import pytest

from influencr.errors import UnknownValue, UsageError
from influencr.search import SavedSearches, make_query
from influencr.search import _saved as module

from .brand.conftest import AS_OF, World, creator, crowd


@pytest.fixture
def world(tmp_path: Any) -> World:
    return World(tmp_path)


@pytest.fixture
def saved(world: World) -> SavedSearches:
    return SavedSearches(world.kept, world.searcher)


def new(news: Any) -> list[str]:
    return sorted(hit.handle for hit in news.results.hits)


def put(world: World, *rows: dict[str, Any]) -> None:
    world.index.upsert(pl.DataFrame(rows, infer_schema_length=None))
    world.index.commit()


def test_the_first_run_says_so_and_the_second_is_quiet(saved: SavedSearches) -> None:
    saved.save("Bread", make_query(topic="baking"))
    first = saved.run("bread")
    assert (first.since, first.n_found, first.n_gone) == (None, 3, 0)
    assert new(first) == ["kim", "olaf", "rita"]
    again = saved.run("bread")
    assert again.since is not None
    assert (again.results.total, again.n_found, again.n_gone) == (0, 3, 0)


def test_who_is_new_and_who_is_gone(world: World, saved: SavedSearches) -> None:
    saved.save("bread", make_query(topic="baking"))
    saved.run("bread")
    put(world, creator("zoe", "I bake", ["baking"]), creator("kim", "I run now", ["running"]))
    world.index.delete(["tiktok:olaf"])
    world.index.commit()
    news = saved.run("bread")
    assert new(news) == ["zoe"]
    assert news.results.hits[0].brand is None
    assert [gone.handle for gone in news.gone] == ["kim"]
    assert (news.n_gone, news.n_unlisted, news.n_found) == (2, 1, 2)
    # Who went and comes again is new.
    put(world, creator("kim", "I bake again", ["baking"]))
    assert new(saved.run("bread")) == ["kim"]


def test_a_whole_new_build_brings_nobody_back(world: World, saved: SavedSearches) -> None:
    saved.save("bread", make_query(topic="baking"))
    saved.run("bread")
    world.index.build(pl.DataFrame(crowd()[::-1], infer_schema_length=None), as_of=AS_OF)
    assert saved.run("bread").results.total == 0


def test_looking_marks_nobody_and_a_page_marks_all(saved: SavedSearches) -> None:
    saved.save("all", make_query(sort="name"))
    assert saved.run("all", limit=5, mark=False).results.total == 66
    shown = saved.run("all", limit=5)
    assert (len(shown.results.hits), shown.results.total) == (5, 66)
    assert saved.run("all").results.total == 0


def test_what_is_kept_is_the_question(saved: SavedSearches) -> None:
    kept = saved.save(" Tea ", make_query(text="latte", limit=3, country="FR", facets=()))
    assert (kept.name, kept.query) == ("Tea", {"text": "latte", "country": ["FR"]})
    assert [one.name for one in saved.list()] == ["Tea"]
    saved.remove("tea")
    assert saved.list() == []


def test_mistakes(saved: SavedSearches, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="give the search a name"):
        saved.save("  ", make_query())
    with pytest.raises(UnknownValue, match="topic"):
        saved.save("x", make_query(topic="no such topic"))
    saved.save("bread", make_query())
    with pytest.raises(UnknownValue, match="'bread'"):
        saved.run("braed")
    monkeypatch.setattr(module, "MAX_SEEN", 10)
    with pytest.raises(UsageError, match="66 creators are too many"):
        saved.run("bread")
