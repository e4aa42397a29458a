"""Plans over a few named creators: what is counted, what it costs, what cannot be done."""

from typing import Any

import msgspec
import pytest
from tests.standins.audiences import audience

from influencr.errors import UnreadableInput, UsageError
from influencr.planning import (
    Brief,
    Plan,
    Price,
    Pricing,
    checked_brief,
    make_plan,
    price_of,
    read_agencies,
    read_prices,
    read_range,
)

PEOPLE = {
    "t:ana": list(range(0, 100)),
    "t:bob": list(range(50, 160)),
    "t:cleo": list(range(150, 200)),
    "t:dan": [],
}


def creator(who: str, **fields: Any) -> dict[str, Any]:
    plain = {"profile_id": who, "platform": "tiktok", "handle": who[2:], "display_name": who[2:]}
    known = {"followers": max(1, len(PEOPLE.get(who, []))), "verdict": "vetted"}
    return {**plain, **known, "topics": ["baking"], "engagement_rate": 0.02, **fields}


CAST = [creator(who) for who in PEOPLE]
PRICES = {"t:ana": (80.0, 100.0), "t:bob": (50.0, 110.0), "t:cleo": (40.0, 50.0)}


def planned(cast: list[dict[str, Any]] | None = None, **fields: Any) -> Plan:
    typed = fields.pop("typed", PRICES)
    facts = fields.pop("facts", None)
    brief = checked_brief(Brief(published=False, **fields))
    sets = audience(PEOPLE, stated={who: len(p) for who, p in PEOPLE.items()})
    pricing = Pricing(typed=typed, published=False)
    return make_plan(
        brief, CAST if cast is None else cast, sets, pricing, n_matching=9, facts=facts
    )


def test_a_plan_counts_people_once_and_names_who_is_unknown() -> None:
    plan = planned(budget=160.0, include=("t:bob",))
    assert [pick.profile_id for pick in plan.picks] == ["t:bob", "t:cleo"]
    assert (plan.total, plan.unique, plan.frequency) == (160, 150, (150, 10))
    assert [(pick.new, pick.already) for pick in plan.picks] == [(110, 0), (40, 10)]
    assert (plan.cost_low, plan.cost_likely, plan.cost_high) == (90.0, 125.0, 160.0)
    assert plan.bound >= plan.unique
    assert plan.shared == ((110, 10), (10, 50))
    (left,) = plan.left
    assert left.reason == "audience unknown: who follows this creator is not known here"
    assert not plan.at_least
    assert plan.sentence.startswith("2 creators reach 150 different people for 90-160 USD;")
    assert {usual.rule for usual in plan.usual} == {"biggest", "engagement", "sum"}
    assert [point.people for point in plan.frontier][-1] == 200
    assert msgspec.json.encode(plan)


def test_of_two_that_reach_as_many_the_cheaper_is_taken() -> None:
    plan = planned(budget=160.0)
    assert {pick.profile_id for pick in plan.picks} == {"t:ana", "t:cleo"}
    assert (plan.unique, plan.cost_high) == (150, 150.0)


def test_the_least_money_for_a_number_of_people() -> None:
    plan = planned(people=150)
    assert plan.unique >= 150
    assert plan.cost_high == 150.0
    assert plan.bound <= plan.cost_high


def test_several_posts_cost_several_times() -> None:
    plan = planned(budget=160.0, posts=2)
    assert {pick.profile_id for pick in plan.picks} == {"t:cleo"}
    assert plan.cost_high == 100.0


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"budget": 10.0}, "the cheapest costs up to 50.00"),
        ({"people": 500}, "reach 200 people; ask for at most that"),
        ({"budget": 100.0, "include": ("t:dan",)}, "@dan is to be in the plan and cannot be"),
        ({"budget": 100.0, "include": ("t:ana", "t:bob")}, "cost up to 210.00"),
        ({"budget": 900.0, "sizes": ((0, 10, 1, None),)}, "creators of 0 to 10 followers cannot"),
        ({"budget": -5.0}, "budget -5 buys nothing"),
        ({"budget": float("nan")}, "buys nothing"),
        ({"people": 0}, "people 0 is nobody"),
        ({}, "give one of them"),
        ({"budget": 1.0, "people": 1}, "give one of them"),
        ({"budget": 1.0, "posts": 0}, "posts 0 is not 1 to 100"),
        ({"budget": 1.0, "currency": "dollars"}, "no code like USD"),
        ({"budget": 1.0, "max_creators": 0}, "max_creators 0 leaves nobody"),
        ({"budget": 1.0, "include": ("x",), "exclude": ("x",)}, "choose one of them"),
        ({"budget": 1.0, "candidates": 0}, "candidates 0 is not 1 to 5,000"),
        ({"budget": 1.0, "sizes": ((5, 5, 0, None),)}, "is no range of followers"),
        ({"budget": 1.0, "sizes": ((0, 5, 3, 2),)}, "cannot both hold"),
        ({"budget": 100.0, "typed": {}}, "3 lack a price"),
        ({"budget": 100.0, "verdict": ("looks_inflated",)}, "Nobody matches"),
        ({"budget": 100.0, "cast": [creator("t:dan")]}, "not known one by one"),
        ({"budget": 100.0, "per_1000": (-1.0, 5.0)}, "below 0"),
        ({"budget": 100.0, "per_1000": (9.0, 5.0)}, "ends below where it begins"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_with_the_nearest(
    fields: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UsageError) as told:
        planned(**fields)
    assert sentence in told.value.message
    assert told.value.message.endswith(".")


def test_limits_of_topics_groups_and_numbers() -> None:
    assert len(planned(budget=900.0, max_creators=1).picks) == 1
    assert len(planned(budget=900.0, per_topic=2).picks) == 2
    together = {"t:ana": "agency", "t:bob": "agency"}
    plan = planned(budget=900.0, per_group=1, groups=together)
    assert {pick.profile_id for pick in plan.picks} == {"t:ana", "t:cleo"}
    plan = planned(budget=100.0, include=("t:ana",))
    assert [(pick.profile_id, pick.required) for pick in plan.picks] == [("t:ana", True)]


def test_who_sees_and_who_responds() -> None:
    facts = {
        "t:bob": {
            **{"engagement_median": 11.0, "engagement_median_low": 5.5},
            **{"engagement_median_high": 22.0, "engagement_per_view": 0.2},
            **{"engagement_per_view_low": 0.1, "engagement_per_view_high": 0.4},
        },
        "t:cleo": {"engagement_per_follower_low": 0.1},
    }
    cast = [creator("t:bob", influence=4.0, influence_low=2.0), creator("t:cleo")]
    plan = planned(cast, budget=160.0, facts=facts)
    bob, cleo = plan.picks
    assert bob.seen is not None
    assert (bob.seen.worst, bob.seen.likely, bob.seen.best) == (0.125, 0.5, 1.0)
    assert cleo.seen is not None
    assert (cleo.seen.worst, cleo.seen.likely, cleo.seen.best) == (0.1, None, 1.0)
    assert plan.seen.likely is None
    assert plan.seen.worst == pytest.approx(100 * 0.125 + 10 * (1 - 0.875 * 0.9) + 40 * 0.1)
    assert plan.responders is not None
    assert (plan.responders.worst, plan.responders.likely, plan.responders.best) == (2, 4, 4)
    assert plan.n_responders_unknown == 1


def test_prices_in_their_order() -> None:
    row = creator("t:ana", followers=20_000)
    every = Pricing(typed={"t:ana": (1, 2)}, kept={"t:ana": (3, 4)}, per_1000=(5, 6))
    assert price_of(row, every) == Price(1, 2, "typed")
    assert price_of(row, msgspec.structs.replace(every, typed={})) == Price(3, 4, "kept")
    rate = Pricing(per_1000=(5, 6))
    assert price_of(row, rate) == Price(100.0, 120.0, "per 1,000 followers")
    told = price_of(row, Pricing())
    assert told is not None
    assert (told.low, told.high) == (25, 125)
    assert told.basis.endswith("2023")
    assert price_of(row, Pricing(currency="EUR")) is None
    assert price_of({**row, "platform": "bluesky"}, Pricing()) is None
    assert price_of({**row, "followers": None}, Pricing()) is None


@pytest.mark.parametrize("text", ["", "x", "-3", "5-", "9-3", "1-2-3", "inf"])
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="price"):
        read_range(text, field="price")


def test_prices_from_a_file(tmp_path: Any) -> None:
    file = tmp_path / "prices.csv"
    file.write_text("Profile,Low,High\n@ana,10,20\n@bob,,\n", encoding="utf-8")
    assert read_prices(file) == {"@ana": (10, 20)}
    file.write_text('who,price\n@ana,"1,200-1,500"\n', encoding="utf-8")
    assert read_prices(file) == {"@ana": (1200, 1500)}
    file.write_text("who,price\n@ana,-4\n", encoding="utf-8")
    with pytest.raises(UnreadableInput, match="line 2"):
        read_prices(file)
    file.write_text("name,money\n@ana,4\n", encoding="utf-8")
    with pytest.raises(UnreadableInput, match="needs a column"):
        read_prices(file)


def test_of_one_list_at_most_so_many() -> None:
    lists = {"North": ("t:ana", "t:bob"), "Both": ("t:bob", "t:cleo", "t:nobody")}
    free = planned(budget=300.0)
    assert {pick.profile_id for pick in free.picks} >= {"t:ana", "t:bob"}
    plan = planned(budget=300.0, per_list={"North": 1}, lists=lists)
    assert len({pick.profile_id for pick in plan.picks} & {"t:ana", "t:bob"}) == 1
    assert plan.unique < free.unique
    assert plan.bound >= plan.unique
    # Who stands on two lists counts for both.
    plan = planned(budget=300.0, per_list={"North": 1, "Both": 1}, lists=lists)
    assert {pick.profile_id for pick in plan.picks} == {"t:ana", "t:cleo"}


def test_limits_of_lists_that_cannot_hold_are_said() -> None:
    lists = {"North": ("t:ana", "t:bob")}
    with pytest.raises(UsageError, match="creators on the list North cannot be met"):
        planned(budget=300.0, per_list={"North": 1}, lists=lists, include=("t:ana", "t:bob"))
    with pytest.raises(UsageError, match="leaves nobody of it"):
        planned(budget=300.0, per_list={"North": 0}, lists=lists)
    with pytest.raises(UsageError, match="did you mean 'North'"):
        planned(budget=300.0, per_list={"Nort": 1}, lists=lists)


def test_agencies_stand_beside_the_prices(tmp_path: Any) -> None:
    file = tmp_path / "prices.csv"
    file.write_text("profile,price,Agency\n@ana,80,North \n@bob,90,\n,5,South\n")
    assert read_agencies(file) == {"@ana": "North"}
    assert read_prices(file) == {"@ana": (80.0, 80.0), "@bob": (90.0, 90.0)}
    file.write_text("profile,price\n@ana,80\n")
    with pytest.raises(UnreadableInput, match="a column `agency`; it has price, profile"):
        read_agencies(file)
