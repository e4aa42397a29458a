"""Orders to a home: lists, saved searches, brands, prices and watches, by one name everywhere."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from influencr.answers import QUESTIONS, Answers
from influencr.engine import Engine
from influencr.errors import UnknownParameter, UnknownValue, UsageError
from influencr.search import make_query


@pytest.fixture(scope="module")
def engine(tiny_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("orders") / "home"
    shutil.copytree(tiny_home, folder)
    with Engine(folder) as opened:
        yield opened


@pytest.fixture
def asks(engine: Engine) -> Answers:
    for one in engine.lists.all():
        engine.lists.remove(one.id)
    for saved in engine.saved.list():
        engine.saved.remove(saved.name)
    return Answers(engine)


@pytest.fixture(scope="module")
def people(engine: Engine) -> list[dict[str, object]]:
    hits = engine.query(make_query(limit=5, everything=True)).hits
    return [hit.creator for hit in hits]


def test_a_list_is_made_filled_marked_and_brought_back(
    asks: Answers, people: list[dict[str, str]]
) -> None:
    ana, ben, cleo = people[:3]
    made = asks.ask("list_make", name="Bakers", note="for May", statuses=["new", "asked"])
    assert (made["name"], made["note"], made["statuses"]) == ("Bakers", "for May", ["new", "asked"])
    who = [f"{ana['platform']}:@{ana['handle']}", ben["profile_id"]]
    added = asks.ask("list_add", list="bakers", who=who, note="met in Lyon")
    assert added["came"] == [ana["profile_id"], ben["profile_id"]]
    assert asks.ask("list_add", list="Bakers", who=[*who, cleo["profile_id"]])["n_already"] == 2
    assert asks.ask("list_mark", list=made["id"], who=who, status="asked", note="")["n"] == 2
    items = asks.ask("list", list="Bakers")["items"]
    assert [(one["status"], one["note"]) for one in items] == [
        ("asked", ""),
        ("asked", ""),
        ("new", ""),
    ]
    gone = asks.ask("list_take_off", list="Bakers", who=[who[0]])
    assert gone == {"profile_ids": [ana["profile_id"]]}
    assert asks.ask("list_put_back", list="Bakers", who=gone["profile_ids"]) == gone
    changed = asks.ask("list_change", list="Bakers", name="Bread", note="")
    assert (changed["name"], changed["note"], changed["statuses"]) == (
        "Bread",
        "",
        ["new", "asked"],
    )
    asks.ask("list_remove", list="Bread")
    assert asks.ask("lists")["lists"] == []
    assert asks.ask("list_restore", list=made["id"])["n"] == 3


def test_who_is_not_listed_comes_on_no_list_and_is_named(asks: Answers) -> None:
    asks.ask("list_make", name="Bakers")
    with pytest.raises(UsageError, match=r"'@nobody\.at\.all' is not known here") as told:
        asks.ask("list_add", list="Bakers", who=["@nobody.at.all"])
    assert told.value.field == "who"
    with pytest.raises(UnknownValue, match="did you mean 'Bakers'"):
        asks.ask("list_add", list="Baker", who=["@nobody.at.all"])
    with pytest.raises(UsageError, match="say a state or a note"):
        asks.ask("list_mark", list="Bakers", who=["@nobody.at.all"])


def test_a_saved_search_is_kept_watched_seen_and_forgotten(asks: Answers) -> None:
    kept = asks.ask("saved_keep", name="All", everything=True)
    assert kept["query"] == {"everything": True}
    assert asks.ask("watch", name="all") == {"name": "All", "watched": True}
    watches = asks.ask("watches")["watches"]
    assert {"kind": "search", "key": "all", "name": "All"} in [one["about"] for one in watches]
    assert asks.ask("unwatch", name="All")["watched"] is False
    n = asks.ask("count", everything=True)["total"]
    assert asks.ask("saved_seen", name="All") == {"n": n}
    assert asks.ask("saved_seen", name="All") == {"n": 0}
    assert asks.ask("saved_remove", name="ALL") == {"removed": "All"}
    with pytest.raises(UsageError):
        asks.ask("saved_remove", name="All")


def test_a_brand_is_kept_and_says_how_it_is_understood(asks: Answers) -> None:
    kept = asks.ask("brand_keep", brand="Crumb", words=["sourdough"], languages=["en"])
    assert kept["brand"]["words"] == ["sourdough"]
    assert kept["read"]["name"] == "Crumb"
    assert asks.ask("brand", brand="crumb") == kept
    assert [one["name"] for one in asks.ask("brands")["brands"]] == ["Crumb"]
    assert asks.ask("brand_remove", brand="crumb") == {"removed": "Crumb"}


def test_prices_are_kept_and_forgotten(asks: Answers, people: list[dict[str, str]]) -> None:
    ana = people[0]
    name = f"{ana['platform']}:@{ana['handle']}"
    assert asks.ask("prices_keep", prices={name: [100, 200]}, currency="EUR") == {"n": 1}
    (price,) = asks.ask("prices")["prices"]
    assert (price["about"], price["currency"], price["low"]) == (ana["profile_id"], "EUR", 100)
    assert asks.ask("price_remove", who=name, currency="EUR") == {"removed": ana["profile_id"]}
    with pytest.raises(UnknownValue):
        asks.ask("price_remove", who=name, currency="EUR")


def test_alerts_begin_empty_and_say_where_to_go_on(asks: Answers) -> None:
    assert asks.ask("alerts") == {"alerts": [], "newest": 0}


def test_many_names_are_looked_up_in_the_order_asked(
    asks: Answers, people: list[dict[str, str]]
) -> None:
    ana, ben = people[:2]
    names = [
        "@nobody.at.all",
        ben["profile_id"],
        f"{ana['platform']}:@{ana['handle'].upper()}",
        " ",
    ]
    told = asks.ask("look_up", who=names, fields=["followers", "place.label"])
    assert told["n"] == {"listed": 2, "several": 0, "not_listed": 1, "unreadable": 1}
    assert [one["asked"] for one in told["answers"]] == names
    assert told["answers"][1]["creator"]["profile_id"] == ben["profile_id"]
    assert told["answers"][2]["creator"]["followers"] == ana["followers"]
    assert told["answers"][2]["creator"]["place"] == {"label": ana["place_label"]}
    with pytest.raises(UnknownValue, match="did you mean 'followers'"):
        asks.ask("look_up", who=["@nobody.at.all"], fields=["follower"])
    with pytest.raises(UsageError, match="who: must be a list"):
        asks.ask("look_up", who=["@x"] * 10_001)


def test_a_look_up_agrees_with_the_question_about_one(engine: Engine) -> None:
    rows = [hit.creator for hit in engine.query(make_query(limit=300, everything=True)).hits]
    names = [f"@{row['handle']}" for row in rows]
    for name, one in zip(names, engine.look_up(names), strict=True):
        if one.status == "several":
            with pytest.raises(UsageError) as told:
                engine.show(name)
            assert list(one.candidates) == told.value.valid
            continue
        alone = engine.show(name)
        assert one.status == "listed"
        assert one.creator is not None
        assert alone is not None
        assert one.creator["profile_id"] == alone["profile_id"]


def test_every_order_says_that_it_writes_and_asks_for_the_right_to() -> None:
    orders = [
        one for one in QUESTIONS.values() if one.verb not in ("GET",) and one.scope == "lists"
    ]
    assert len(orders) >= 16
    for one in orders:
        assert one.writes, one.name
    assert not [one.name for one in QUESTIONS.values() if one.writes and one.scope == "search"]


def test_a_misspelt_parameter_is_named() -> None:
    with pytest.raises(UnknownParameter, match="did you mean 'note'"):
        Answers(None).ask("list_make", name="x", notes="y")  # type: ignore[arg-type]
