"""One engine, several owners: the same creators, and of what is kept each their own."""

import csv

import pytest

from influencr.engine import Engine
from influencr.errors import UnknownValue, UsageError
from influencr.search import Query, make_query
from influencr.search.brand import make_brand

PEOPLE = [
    ("sourdough.ada", "Ada Ferment", "Vegan baking in Berlin, I answer", 5200, "DE", "Berlin"),
    ("oven.bela", "Bela Ofen", "Backen ohne Ei. vegan, saisonal", 12800, "DE", "Potsdam"),
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    folder = tmp_path_factory.mktemp("owned")
    file = folder / "bakers.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        columns = ["username", "full_name", "biography", "followers_count", "country", "city"]
        csv.writer(opened).writerows([columns, *PEOPLE])
    with Engine(folder / "home", create=True) as made:
        made.import_files([file], licence="invented for this test", platform="instagram")
        made.refresh()
        yield made


def test_brands_and_searches_are_each_owners_own(engine):
    one, other = engine.of("team:1"), engine.of("team:2")
    one.brands.save(make_brand(name="Rye", words=["rye baking"]))
    other.brands.save(make_brand(name="Rye", words=["gym"]))
    one.saved.save("vegan", make_query(text="vegan"))
    assert one.brands.get("Rye").words == ("rye baking",)
    assert engine.brands.list() == []
    assert engine.saved.list() == other.saved.list() == []
    with pytest.raises(UnknownValue):
        other.saved.get("vegan")
    assert one.query(Query(text="vegan", brand="Rye")).total == 2
    with pytest.raises(UsageError, match="no brand is kept"):
        engine.query(Query(text="vegan", brand="Rye"))
    assert one.saved.run("vegan").results.total == 2
    assert one.saved.run("vegan").results.total == 0
    assert one.everything()["searches"][0]["seen"]
    assert other.everything()["searches"] == []


def test_what_is_worked_out_is_shared(engine):
    one = engine.of("team:1")
    one.query(Query(text="vegan"))
    assert one.searcher is not engine.searcher
    assert one.index is engine.index
    assert one.catalogue is engine.catalogue
    assert engine.of("team:2").query(Query(text="vegan")).total == 2


def test_what_was_prepared_for_others_is_not_swept(engine):
    one, other = engine.of("team:3"), engine.of("team:4")
    one.brands.save(make_brand(name="Oat", words=["oat"], places=["Germany"]))
    prepared = sorted(p.name for p in (engine.home.path / "brands").iterdir())
    other.brands.save(make_brand(name="Spelt", words=["spelt"], places=["Germany"]))
    other.brands.remove("Spelt")
    engine.brands.save(make_brand(name="Barley", words=["barley"]))
    engine.brands.remove("Barley")
    assert sorted(p.name for p in (engine.home.path / "brands").iterdir()) == prepared
    assert engine.brands.prepare() >= 1


def test_dropping_an_owner_takes_all_and_nobody_elses(engine):
    one, other = engine.of("team:5"), engine.of("team:6")
    for owned in (one, other):
        owned.brands.save(make_brand(name="Emmer", words=[owned.owner.replace(":", " ")]))
        owned.saved.save("s", make_query(text="vegan"))
    one.drop()
    assert one.everything() == {
        **{"brands": [], "lists": [], "searches": [], "alerts": [], "muted": []},
        "prices": [],
    }
    assert len(other.everything()["brands"]) == 1
    one.close()
    assert other.query(Query(text="vegan")).total == 2
