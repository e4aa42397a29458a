"""How content fits a brand: the number, the evidence, and the same from the index and the row."""

from typing import Any

import pytest

from influencr.errors import UnknownValue, UsageError
from influencr.index import And
from influencr.search import make_query
from influencr.search.brand import make_brand
from influencr.search.brand._fit import fit_factor

RYE = make_brand(
    name="Rye Works",
    words=["sourdough", "rye"],
    topics=["baking"],
    languages=["en"],
    examples=["@rita"],
)


def ask(world: Any, **fields: Any) -> Any:
    return world.searcher.search(make_query(**fields))


def handles(results: Any) -> list[str]:
    return [hit.handle for hit in results.hits]


def test_who_says_more_of_it_comes_first(world: Any) -> None:
    world.keep(RYE)
    found = ask(world, brand="rye works")
    assert set(handles(found)[:2]) == {"rita", "kim"}
    assert found.total == 66
    first, second = sorted(found.hits[:2], key=lambda hit: hit.handle == "kim")
    assert list(first.parts)[-1] == "fit"
    assert first.score == pytest.approx(first.parts["fit"] * first.parts["activity"])
    fit = second.brand.fit
    assert [w.word for w in fit.words] == ["sourdough", "rye"]
    assert fit.topics == ("baking",)
    assert fit.language == "en"
    assert [(r.example, "crumbshots" in r.words) for r in fit.resembles] == [("@rita", True)]
    assert found.brand.examples == ("@rita",)


def test_the_fit_of_a_row_is_the_fit_of_the_index(world: Any) -> None:
    brand = world.keep(RYE)
    snapshot = world.searcher.snapshot()
    plan = world.searcher._lenses.plan(brand, snapshot)
    everybody = ask(world, brand="rye works", limit=100, everything=True).hits
    fits = {hit.handle: hit.brand.fit.fit for hit in everybody}
    assert len(set(fits.values())) > 3
    for least in sorted({0.01, *fits.values()} - {0.0}):
        assert snapshot.count(plan.at_least(least)) == sum(f >= least for f in fits.values())
    for who, factor in plan.tiers:
        assert snapshot.count(And((who,))) == sum(fit_factor(f) >= factor for f in fits.values())
    scores = [hit.score for hit in everybody]
    assert scores == sorted(scores, reverse=True)


def test_a_least_fit_is_a_step_of_the_funnel(world: Any) -> None:
    world.keep(RYE)
    found = ask(world, brand="rye works", fit_min="50%")
    assert set(handles(found)) == {"rita", "kim"}
    steps = {step.filter: step for step in found.funnel}
    assert steps["fit_min"].label == "content fits Rye Works by 50% and more"
    assert steps["fit_min"].removed == 64
    assert sum(step.removed for step in found.funnel) == 66 - found.total
    assert any(w.change == {"fit_min": None} for w in found.loosenings)


def test_words_narrow_and_the_brand_ranks(world: Any) -> None:
    world.keep(RYE)
    found = ask(world, brand="rye works", text='"levain"')
    assert handles(found) == ["rita", "olaf"]
    # Rita says it in her language; Olaf's Sauerteig is the same thing in another.
    told = {hit.handle: {w.word: w.as_ for w in hit.brand.fit.words} for hit in found.hits}
    assert told["rita"]["sourdough"] == "sourdough"
    assert found.hits[0].parts["fit"] > found.hits[1].parts["fit"]


def test_without_follows_the_audience_is_unknown_and_says_so(world: Any) -> None:
    world.keep(RYE)
    hit = ask(world, brand="rye works").hits[0]
    assert "alignment" not in hit.parts
    assert hit.brand.alignment.share is None
    assert hit.brand.alignment.reason.startswith("audiences and mentions were not read")
    assert ask(world, brand="rye works", alignment_min=0.1).total == 0


def test_a_description_is_read_for_rare_words(world: Any) -> None:
    brand = make_brand(name="Crumb", description="We ship levain and tools for bakers. Hello!")
    world.keep(brand)
    read = ask(world, brand="crumb").brand
    assert "levain" in read.words
    assert "hello" not in read.words


def test_who_is_not_here_is_said(world: Any) -> None:
    world.keep(make_brand(name="Far", words="espresso", examples=["@nobody", "@bea"]))
    read = ask(world, brand="far").brand
    assert (read.examples, read.missing) == (("@bea",), ("@nobody",))


def test_a_brand_that_is_not_kept(world: Any) -> None:
    with pytest.raises(UsageError, match="no brand is kept here"):
        ask(world, brand="rye")
    world.keep(RYE)
    with pytest.raises(UnknownValue, match="'Rye Works'"):
        ask(world, brand="rye wroks")
    with pytest.raises(UsageError, match="of which brand"):
        make_query(fit_min=0.5)
    with pytest.raises(UsageError, match="between 0 and 1"):
        make_query(brand="rye", alignment_min="120%")
