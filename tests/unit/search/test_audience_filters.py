"""Filters of the audience and the account: place, findings, contact, age."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from tests.unit.search.conftest import Places

from influencr.errors import InfluencrError, UnknownValue, UsageError
from influencr.index import audience_tokens
from influencr.index.columns import ColumnIndex
from influencr.index.tantivy import TantivyIndex
from influencr.search import Searcher, make_query, query_from_params, query_to_params

AS_OF = datetime(2026, 3, 1, tzinfo=UTC)


def heard(*places: tuple[str, str, float, float, float], known: int = 400) -> dict[str, Any]:
    """An audience: (code, label, share, low, high) of each place."""
    names = ("codes", "labels", "shares", "lows", "highs")
    lists = zip(*places, strict=True) if places else [()] * 5
    return {
        **{f"audience_{n}": list(v) for n, v in zip(names, lists, strict=True)},
        "audience_n_known": known,
    }


def rows() -> list[dict[str, Any]]:
    known: dict[str, dict[str, Any]] = {
        "local": {
            "country": "FR",
            **heard(
                ("FR", "France", 0.62, 0.57, 0.67),
                ("other", "other countries", 0.3, 0.2, 0.4),
                ("1", "Lyon, France", 0.29, 0.29, 0.5),
            ),
            "contact_email": "hello@bakery.example",
            "bought_high": 0.05,
            "lockstep": "none",
            "engagement_anomaly": "none",
            "followers_seen": 900,
            "account_created_at": AS_OF - timedelta(days=2_000),
            "growth_12m_relative": 0.25,
            "growth_1m_relative": -0.02,
        },
        "abroad": {
            "country": "AU",
            **heard(("FR", "France", 0.33, 0.28, 0.38), ("CH", "Switzerland", 0.2, 0.15, 0.25)),
            "bought_high": 0.4,
            "lockstep": "found",
            "engagement_anomaly": "found",
            "followers_seen": 150,
            "account_created_at": AS_OF - timedelta(days=365),
            "growth_12m_relative": 0.1,
            "growth_3m_relative": 0.5,
        },
        "few": {"country": "FR", **heard(known=12), "followers_seen": 0, "bought_low": 0.3},
        "none": {"country": "FR"},
    }
    return [
        {"profile_id": f"tiktok:{n}", "platform": "tiktok", "handle": n, "label": "creator", **row}
        for n, row in known.items()
    ]


@pytest.fixture(scope="module", params=[ColumnIndex, TantivyIndex])
def searcher(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    index = request.param(tmp_path_factory.mktemp("audience") / "index")
    index.build(pl.DataFrame(rows(), infer_schema_length=None), as_of=AS_OF)
    return Searcher(index, places=Places())


def names(searcher: Searcher, **asked: Any) -> set[str]:
    return {hit.handle or "" for hit in searcher.search(make_query(**asked)).hits}


def test_the_audience_is_apart_from_the_creator(searcher: Searcher) -> None:
    assert names(searcher, country="FR") == {"local", "few", "none"}
    assert names(searcher, audience_place="France") == {"local", "abroad"}
    assert names(searcher, audience_place="France", country="AU") == {"abroad"}
    assert searcher.search(make_query(audience_place="France")).unlocated is None


@pytest.mark.parametrize(
    ("share", "found"),
    [(None, {"local", "abroad"}), ("28%", {"local", "abroad"}), (0.29, {"local"}),
     ("57%", {"local"}), ("58 %", set()), (1, set())],
)  # fmt: skip
def test_a_share_counts_by_its_lower_bound(searcher: Searcher, share: Any, found: set[str]) -> None:
    assert names(searcher, audience_place="FR", audience_share_min=share) == found


def test_of_several_places_one_is_enough_and_cities_have_their_own_share(
    searcher: Searcher,
) -> None:
    assert names(searcher, audience_place=("CH", "Lyon")) == {
        "local", "abroad",
    }  # fmt: skip
    assert names(searcher, audience_place="Lyon", audience_share_min=0.29) == {"local"}
    assert names(searcher, audience_place="Lyon or France", audience_share_min=0.5) == {"local"}


def test_countries_too_few_to_be_named_are_no_place() -> None:
    row = rows()[0]
    assert audience_tokens(row) == ["FR/57", "1/29"]
    assert audience_tokens({"audience_codes": None}) == []


def test_unknown_never_matches_what_asks_for_a_value(searcher: Searcher) -> None:
    assert names(searcher, bought_share_max="5%") == {"local"}
    assert names(searcher, bought_share_max=1) == {"local", "abroad"}  # "at least 30 %" is open
    assert names(searcher, lockstep="none") == {"local"}
    assert names(searcher, lockstep="found") == {"abroad"}
    assert names(searcher, lockstep="unknown") == {"few", "none"}
    assert names(searcher, engagement_anomaly=("none", "found")) == {"local", "abroad"}
    assert names(searcher, followers_seen_min=0) == {"local", "abroad"}
    assert names(searcher, followers_seen_min=300) == {"local"}
    assert names(searcher, has_contact=True) == {"local"}
    assert names(searcher, has_contact=False) == {"local", "abroad", "few", "none"}
    assert names(searcher, account_days_min=0) == {"local", "abroad"}
    assert names(searcher, account_days_min=365) == {"local", "abroad"}
    assert names(searcher, account_days_min=366) == {"local"}


@pytest.mark.parametrize(
    ("asked", "change", "adds"),
    [
        (
            {"audience_place": ("FR",), "audience_share_min": 0.5},
            {"audience_share_min": 0.25},
            1,
        ),
        ({"audience_place": ("CH",)}, {"audience_place": (), "audience_share_min": None}, 3),
        ({"bought_share_max": 0.15}, {"bought_share_max": 0.6}, 1),
        ({"followers_seen_min": 250}, {"followers_seen_min": 100}, 1),
        ({"account_days_min": 400}, {"account_days_min": 200}, 1),
        ({"has_contact": True}, {"has_contact": False}, 3),
        ({"lockstep": ("none",)}, {"lockstep": ()}, 3),
    ],
)
def test_the_smallest_loosening(
    searcher: Searcher, asked: dict[str, Any], change: dict[str, Any], adds: int
) -> None:
    (way,) = searcher.search(make_query(**asked)).loosenings
    assert (way.change, way.adds) == (change, adds)


def test_every_filter_is_a_step_of_the_funnel(searcher: Searcher) -> None:
    asked = make_query(
        audience_place="FR", audience_share_min="30%", has_contact=True, bought_share_max=0.1,
        lockstep="none", engagement_anomaly="none", followers_seen_min=300, account_days_min=365,
    )  # fmt: skip
    steps = [(s.filter, s.label) for s in searcher.search(asked).funnel]
    assert steps[1:8] == [
        ("audience_place", "at least 30 % of the audience in France"),
        ("account_days_min", "account at least 365 days old"),
        ("has_contact", "with a contact for business"),
        ("bought_share_max", "at most 0.1 of the followers look bought"),
        ("lockstep", "lockstep: none"),
        ("engagement_anomaly", "engagement anomaly: none"),
        ("followers_seen_min", "at least 300 followers seen"),
    ]


def test_sorted_by_the_share_that_looks_bought_the_least_comes_first(searcher: Searcher) -> None:
    asked = make_query(sort="bought_share", everything=True)
    order = [hit.handle for hit in searcher.search(asked).hits]
    assert order[:2] == ["local", "abroad"]
    assert set(order[2:]) == {"few", "none"}
    assert [hit.handle for hit in searcher.every(asked)] == order
    told = searcher.compare(asked, "tiktok:abroad", "tiktok:local")
    assert told.decides == "bought_share"
    assert "sorted by bought share, 0.05 before 0.4" in told.because


def test_growth_is_asked_over_a_number_of_months_and_may_be_a_loss(searcher: Searcher) -> None:
    assert names(searcher, growth_min="20%") == {"local"}
    assert names(searcher, growth_min=0) == {"local", "abroad"}
    assert names(searcher, growth_min=0, growth_months=3) == {"abroad"}
    assert names(searcher, growth_min=0, growth_months=1) == set()
    assert names(searcher, growth_min="-5 %", growth_months=1) == {"local"}
    order = [h.handle for h in searcher.search(make_query(sort="growth")).hits]
    assert order[:2] == ["local", "abroad"]
    short = make_query(sort="growth", growth_months=3)
    assert searcher.search(short).hits[0].handle == "abroad"
    assert searcher.compare(short, "tiktok:local", "tiktok:abroad").decides == "growth"
    (way,) = searcher.search(make_query(growth_min=0.2)).loosenings
    assert (way.label, way.change, way.adds) == ("grew by 0.1 or more", {"growth_min": 0.1}, 1)
    bars = searcher.search(make_query(histograms="growth", growth_months=1)).histograms["growth"]
    assert (sum(bars.counts), bars.unknown, bars.counts[bars.edges.index(-0.01)]) == (1, 3, 1)


def test_two_are_compared_by_closeness_too(searcher: Searcher) -> None:
    told = searcher.compare(make_query(sort="closeness"), "tiktok:abroad", "tiktok:local")
    assert told.decides == "tie"


def test_why_tells_shares_with_their_interval_and_sample(searcher: Searcher) -> None:
    asked = make_query(audience_place="FR", audience_share_min="30%")
    told = {
        name: next(c.value for c in searcher.explain(asked, f"tiktok:{name}").filters)
        for name in ("abroad", "few", "none")
    }
    assert told == {
        "abroad": "France 33% (28% to 38%) of 400 followers who tell a place",
        "few": "none of 12 followers who tell a place",
        "none": "unknown",
    }


def test_a_hit_tells_the_audience_only_where_it_was_asked_for(searcher: Searcher) -> None:
    (hit,) = searcher.search(make_query(audience_place="CH")).hits
    assert hit.audience == "Switzerland 20% (15% to 25%) of 400 followers who tell a place"
    assert {h.audience for h in searcher.search(make_query(country="AU")).hits} == {None}


def test_facets_and_histograms_leave_their_own_filter_out(searcher: Searcher) -> None:
    found = searcher.search(
        make_query(
            lockstep="none",
            everything=True,
            histograms=("bought_share", "followers_seen", "account_days"),
        )
    )
    assert {v.value: v.count for v in found.facets["lockstep"]} == {
        "none": 1, "found": 1, "unknown": 2,
    }  # fmt: skip
    bought = searcher.search(make_query(histograms="bought_share", bought_share_max=0.05))
    bars = bought.histograms["bought_share"]
    assert (sum(bars.counts), bars.unknown) == (2, 2)
    # "At most 5 %" includes it: the bar below that edge does, too.
    assert bars.counts[bars.edges.index(0.05)] == 1
    ages = searcher.search(make_query(histograms="account_days")).histograms["account_days"]
    assert ages.counts[ages.edges.index(365.0) + 1] == 1
    assert ages.unknown == 2


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ({"audience_share_min": 0.3}, UsageError, "say of which place"),
        ({"audience_place": "FR", "audience_share_min": 0.333}, UsageError, "whole percents"),
        ({"audience_place": "FR", "audience_share_min": 30}, UsageError, "between 0 and 1"),
        ({"bought_share_max": 15}, UsageError, "between 0 and 1"),
        ({"lockstep": "yes"}, UnknownValue, "lockstep"),
        ({"growth_min": "-120%"}, UsageError, "more than all"),
        ({"growth_min": 0.1, "growth_months": 2}, UsageError, "1, 3, 6, 12"),
        ({"followers_seen_min": 1.5}, UsageError, "whole number"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    asked: dict[str, Any], error: type[InfluencrError], says: str
) -> None:
    with pytest.raises(error, match=says):
        make_query(**asked)


@pytest.mark.parametrize("place", ["France except Lyon", "Atlantis", "XX"])
def test_a_place_that_audiences_are_not_told_by_is_refused(searcher: Searcher, place: str) -> None:
    with pytest.raises(InfluencrError):
        searcher.search(make_query(audience_place=place))


def test_the_address_brings_all_of_it_back() -> None:
    query = make_query(
        audience_place=("FR", "Lyon"), audience_share_min="29%", has_contact=True,
        bought_share_max="7.5%", lockstep="none", engagement_anomaly=("none", "unknown"),
        followers_seen_min="1k", account_days_min=365, growth_min="-5%",
        growth_months=3,
    )  # fmt: skip
    assert query_from_params(query_to_params(query)) == query
