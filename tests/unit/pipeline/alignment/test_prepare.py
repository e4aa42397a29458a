"""A brand from saving to searching, and what is left of somebody who leaves."""

from typing import Any

import pytest

from influencr.engine import Engine
from influencr.errors import UsageError
from influencr.search.brand import make_brand

from ..conftest import post, profile, put
from .test_alignment import BAKERS, OTHERS, RUNNERS, follow

FANS = [f"fan{i}" for i in range(30)]


@pytest.fixture
def shop(engine: Engine) -> Engine:
    """Ana's followers care about bread, Uma's about running; some of them name a flour."""
    people = [
        profile("ana", bio_text="I bake bread and sourdough every day"),
        profile("uma", bio_text="Running is what I do and sourdough what I eat"),
    ]
    people += [profile(n, bio_text="I bake bread and write about sourdough") for n in BAKERS]
    people += [profile(n, bio_text="Running a marathon every year, trail runner") for n in RUNNERS]
    people += [profile(n, bio_text="I sing jazz and write my own music") for n in OTHERS]
    people += [profile(n, posts_count=0) for n in FANS]
    listed = ("ana", "uma", *BAKERS, *RUNNERS, *OTHERS)
    posts = [post(i, n, text="hello") for n in listed for i in (0, 1)]
    posts += [post(7, "ana", text="Best loaf with Moon Flour yet #ad")]
    posts += [post(8, "uma", text="Sun Mills make good oats")]
    edges = [follow(n, "ana") for n in FANS] + [follow(n, "uma") for n in FANS]
    edges = [follow(n, "ana") for n in FANS[:22]] + [follow(n, "uma") for n in FANS[8:]]
    edges += [follow(n, who) for i, n in enumerate(FANS) for who in (BAKERS if i < 15 else RUNNERS)]
    put(engine, "profiles", people)
    put(engine, "posts", posts)
    put(engine, "follows", edges)
    engine.refresh()
    return engine


MOON = make_brand(
    name="Moon Flour", words="sourdough", topics="baking", competitors="Sun Mills", examples="@ana"
)


def hits(engine: Engine, **fields: Any) -> dict[str, Any]:
    found = engine.search(brand="moon flour", limit=100, **fields)
    return {hit.handle: hit for hit in found.hits}


def test_alignment_enters_the_score_and_filters(shop: Engine) -> None:
    shop.brands.save(MOON)
    found = hits(shop)
    ana, uma = found["ana"], found["uma"]
    assert (ana.brand.alignment.n_match, ana.brand.alignment.n_not) == (15, 7)
    assert (uma.brand.alignment.n_match, uma.brand.alignment.n_not) == (7, 15)
    assert (ana.parts["alignment"], uma.parts["alignment"]) == (0.75, 0.625)
    assert found["singer0"].brand.alignment.reason == "no follower is known one by one"
    assert found["singer0"].parts["alignment"] == 0.75
    assert set(hits(shop, alignment_min=0.5)) == {"ana"}
    assert set(hits(shop, alignment_min=0.3)) == {"ana", "uma"}
    assert shop.index.snapshot().info.n_creators == len(shop.search(limit=100).hits)


def test_who_named_the_brand_or_a_rival(shop: Engine) -> None:
    shop.brands.save(MOON)
    found = hits(shop)
    (mention,) = found["ana"].brand.mentions
    assert (mention.of, mention.marked, mention.where) == ("brand", "#ad", "post")
    assert mention.passage[mention.start : mention.end] == "Moon Flour"
    (rival,) = found["uma"].brand.mentions
    assert (rival.of, rival.name) == ("competitor", "Sun Mills")


def test_a_refresh_reads_anew_and_nothing_changed_reads_nothing(shop: Engine) -> None:
    shop.brands.save(MOON)
    folder = shop.home.path / "brands" / MOON.digest
    first = (folder / "about.json").stat().st_mtime_ns
    shop.brands.prepare()
    assert (folder / "about.json").stat().st_mtime_ns == first
    stages: list[str] = []
    shop.refresh(force=True, progress=lambda stage, _done, _all: stages.append(stage))
    assert "brand" in stages
    assert (folder / "about.json").stat().st_mtime_ns != first


def test_a_changed_brand_is_another_folder(shop: Engine) -> None:
    shop.brands.save(MOON)
    other = make_brand(name="Moon Flour", words="rye")
    read = shop.brands.save(other)
    assert read.reason == "the brand states no place, language or topic of its audience"
    assert [p.name for p in (shop.home.path / "brands").glob("[!.L]*")] == [other.digest]
    assert shop.brands.get("MOON FLOUR") == other
    shop.brands.remove("moon flour")
    assert shop.brands.list() == []
    assert not list((shop.home.path / "brands").glob("[!.L]*"))


def test_a_place_that_does_not_exist_keeps_nothing(shop: Engine) -> None:
    with pytest.raises(UsageError, match="Xyzzyville"):
        shop.brands.save(make_brand(name="Moon", words="rye", places="Xyzzyville"))
    assert shop.brands.list() == []


def test_who_leaves_is_left_nowhere(shop: Engine) -> None:
    shop.brands.save(MOON)
    shop.similar("@ana", by="audience")
    shop.saved.save("all", shop_query())
    shop.saved.run("all")
    shop.forget(["tiktok:@ana"])
    kept = [p for p in shop.home.path.rglob("*") if p.is_file() and p.parent.name != "secrets"]
    below = [p for p in kept if p.parent.parent.name == "brands" or p.name == "kept.sqlite"]
    assert below
    assert not [p for p in below if b"id-ana" in p.read_bytes()]
    assert not (shop.home.path / "audience").exists()
    assert shop.brands.get("moon flour").examples == ()
    assert "ana" not in hits(shop)
    assert shop.saved.run("all").n_gone == 0


def shop_query() -> Any:
    from influencr.search import make_query

    return make_query()


def test_like_by_audience_through_the_engine(shop: Engine) -> None:
    found = shop.similar("@ana", by="audience")
    assert {hit.handle for hit in found.hits} == set(BAKERS)
    assert found.hits[0].similar.sharing[0].n_shared == 15
