"""Search as a member sees it, over named people."""

import math
from typing import Any

import msgspec
import pytest

from influencr.errors import UnknownValue, UsageError
from influencr.index.columns import ColumnIndex
from influencr.search import Hit, Query, Searcher, make_query


def test_words_are_looked_for_in_every_field(ask: Any) -> None:
    assert set(ask.names(text="vegan")) == {"Ana Vidal", "Bo Chen", "Emil", "Fay", "Gus"}
    # Who says both comes first; who says one of the two is found, and counted apart.
    found = ask(text="truck ramen")
    assert {h.creator["display_name"] for h in found.hits} >= {"Ana Vidal", "Bo Chen"}
    assert found.n_all < found.total == len(found.hits)
    both = ask(text="lyon truck ana")
    assert both.hits[0].creator["display_name"] == "Ana Vidal"
    assert both.n_all == 1
    assert set(ask.names(text='"vegan" "food"')) == {"Ana Vidal", "Bo Chen", "Fay"}
    assert ask.names(text="truck") == ["Ana Vidal"]
    assert ask.names(text='"vegan food"', topic="food") == ["Ana Vidal"]
    assert ask.names(text="veg* -food") == ask.names(text="vegan -food")
    assert ask.names(text="cafe") == ask.names(text="CAFÉ") == ["Ana Vidal"]
    assert ask.names(text="東京") == ask.names(text="🍜") == ["Bo Chen"]
    assert ask.names(text='"#vegan"') == ["Bo Chen"] == ask.names(text="#vegan")[:1]
    assert ask.names(text="👩‍🍳") == ask.names(text="🍳") == ["Cleo"]
    assert ask.names(text="☕") == ["Ana Vidal"]


def test_an_account_is_found_by_its_name(ask: Any) -> None:
    for typed in ("ana.vidal", "@ana.vidal", "Ana.Vidal"):
        assert ask.names(text=typed) == ["Ana Vidal"]
    assert ask(text="ana.vidal").hits[0].parts["words"] > 16


def test_the_default_exclusions(ask: Any) -> None:
    hidden = {"Hal Star", "Ida Inc", "Jo Gone", "Kim"}
    assert not hidden & set(ask.names())
    assert hidden <= set(ask.names(everything=True))
    assert ask.names(label="celebrity") == ["Hal Star"]
    assert ask.names(activity=["dormant"]) == ["Jo Gone"]
    assert ask.names(verdict="looks_inflated") == ["Kim"]


def test_a_radius_is_exact_and_honest_about_who_might_be_there(ask: Any) -> None:
    found = ask(text="vegan", near="Lyon", within_km=10)
    assert {h.creator["display_name"] for h in found.hits} == {"Ana Vidal", "Bo Chen"}
    assert found.unlocated == 3  # Emil (country), Fay (region) and Gus (nothing known)
    assert found.place.label == "Lyon, FR"
    assert found.place.within_km == 10
    assert found.place.n_places == 2
    near = {h.creator["display_name"]: h for h in found.hits}
    assert near["Ana Vidal"].distance_km == 0
    assert 3 < near["Bo Chen"].distance_km < 4
    assert near["Ana Vidal"].parts["place"] == 1.0
    assert near["Bo Chen"].parts["place"] == 0.875
    wider = ask(text="vegan", near="Lyon", within_km=10, include_region_level=True)
    assert wider.total == 4
    assert wider.unlocated == 1
    assert {h.parts["place"] for h in wider.hits} == {1.0, 0.875, 0.5}


def test_places_without_a_radius(ask: Any) -> None:
    assert set(ask.names(place="France")) == {"Ana Vidal", "Bo Chen", "Emil", "Fay"}
    assert set(ask.names(place="Rhône-Alpes")) == {"Ana Vidal", "Bo Chen", "Fay"}
    assert ask.names(place="Lyon") == ["Ana Vidal"]
    assert set(ask.names(country="France")) == {"Ana Vidal", "Bo Chen", "Emil", "Fay"}
    assert ask.names(country="unknown") == ["Gus"]
    assert ask(country="FR").unlocated == 1
    with pytest.raises(UnknownValue, match="Lyon"):
        ask(near="Lyn")
    with pytest.raises(UnknownValue, match="country"):
        ask(country="Frnce")


def test_numbers(ask: Any) -> None:
    assert ask.names(followers_min="10k") == ["Bo Chen"]
    assert "Dana Makeup" not in ask.names(followers_max="1M")
    assert ask.names(engagement_min="2%") == ["Ana Vidal"]
    assert "Gus" not in ask.names(active_within_days=9_999_999)
    assert "Dana Makeup" in ask.names(active_within_days=60)
    assert "Dana Makeup" not in ask.names(active_within_days=59)
    assert ask.names(posts_per_week_min=1) == ["Ana Vidal"]


def test_exclude_by_handle_or_profile(ask: Any) -> None:
    for who in ("ana.vidal", "@Ana.Vidal", "tiktok:ana.vidal", "tiktok:@ana.vidal"):
        found = ask.names(text="vegan", exclude=[who])
        assert "Ana Vidal" not in found
        assert len(found) == 4


def test_unknown_words_name_the_nearest(ask: Any) -> None:
    with pytest.raises(UnknownValue, match="'food'"):
        ask(topic="foood")
    with pytest.raises(UnknownValue, match="tiktok"):
        ask(platform="tictok")
    assert ask(topic="FOOD").total == ask(topic="food").total == 2


def test_facets_leave_their_own_filter_out(ask: Any) -> None:
    found = ask(topic="food", language=["fr", "de"])
    topics = {v.value: (v.count, v.chosen) for v in found.facets["topic"]}
    assert topics == {"food": (1, True)}
    languages = {v.value: (v.count, v.chosen) for v in found.facets["language"]}
    assert languages == {"fr": (1, True), "ja": (1, False), "de": (0, True)}
    activity = {v.value: v.count for v in ask(text="vegan").facets["activity"]}
    assert activity == {"active": 4, "unknown": 1, "dormant": 1}
    countries = {v.value: v.label for v in ask().facets["country"]}
    assert countries["FR"] == "France"
    assert list(countries)[-1] == "unknown"


def test_size_bands_are_the_members_choice(ask: Any) -> None:
    sizes = ask(size_bands=(10_000,)).facets["size"]
    assert [(v.value, v.count) for v in sizes] == [
        ("0-9999", 5),
        ("10000-", 1),
        ("unknown", 1),
    ]
    chosen = ask(size_bands=(10_000,), followers_min=10_000).facets["size"]
    assert [v.value for v in chosen if v.chosen] == ["10000-"]


def test_the_funnel_adds_up(ask: Any) -> None:
    found = ask(text="vegan", near="Lyon", within_km=10)
    steps = {s.filter: s for s in found.funnel}
    assert list(steps) == ["all", "text", "place", "verdict", "label", "activity"]
    assert steps["all"].left == 11
    assert steps["text"].removed == 2
    assert steps["label"].without == 4
    assert sum(s.removed for s in found.funnel) == 11 - found.total
    assert found.funnel[-1].left == found.total


def test_loosenings_are_small_and_exact(ask: Any) -> None:
    found = ask(text="makeup artist", near="Lyon", within_km=20)
    assert found.total == 0
    (wider,) = found.loosenings
    assert wider.change == {"within_km": 200.0}
    assert wider.adds == 1
    again = msgspec.structs.replace(
        make_query(text="makeup artist", near="Lyon", within_km=20), **wider.change
    )
    assert ask.query(again).total == 1
    recent = ask(text="artist", active_within_days=30)
    assert recent.loosenings[0].change == {"active_within_days": 60}
    fewer = ask(text='"vegan" "makeup"')
    assert {tuple(s.change.items()) for s in fewer.loosenings} <= {
        (("text", '"makeup"'),),
        (("text", '"vegan"'),),
    }
    assert fewer.loosenings


def test_why_points_at_the_letters(ask: Any) -> None:
    def marked(**fields: Any) -> dict[str, list[str]]:
        (hit, *_) = ask(**fields).hits
        return {m.field: [m.text[a:b] for a, b in m.spans] for m in hit.why}

    assert marked(text="cafe ana") == {"name": ["Ana"], "handle": ["ana"], "bio": ["Café"]}
    assert marked(text="東京") == {"bio": ["東京"]}
    assert marked(text="#vegan") == {"bio": ["#Vegan"]}
    assert marked(text="🍳") == {"bio": ["👩🏽‍🍳"]}
    found = ask(text="vegan truck").hits[0]
    assert {m.field: m.text for m in found.why}["posts"] == "the best vegan food truck"
    assert ask().hits[0].why == ()


def test_parts_multiply_to_the_score(ask: Any) -> None:
    for fields in (
        {"text": "vegan food"},
        {"near": "Lyon"},
        {"text": "vegan", "near": "Lyon", "sort": "followers"},
        {"sort": "name"},
        {},
    ):
        for hit in ask(**fields).hits:
            assert math.prod(hit.parts.values()) == hit.score
            assert hit.parts["words"] >= 1
    for hit in ask(text='makeup artist "geneva" -food').hits:
        assert hit.parts["words"] == said(hit)
    (cleo, *_) = ask(text="makeup artist").hits
    assert cleo.creator["display_name"] == "Cleo"
    assert cleo.parts["words"] == said(cleo)
    assert cleo.run is not None
    first = {way.said: way for way in cleo.words[0].found}
    assert first["makeup"].fields == ("bio",)
    assert first["makeup"].points == 2 * cleo.words[0].rarity  # it stands, and in the bio


def said(hit: Hit) -> float:
    """What the words of a hit add up to."""
    soft = sum(p.points for p in hit.words if p.is_soft) * hit.coverage
    strict = sum(p.points for p in hit.words if not p.is_soft)
    return soft + strict + (hit.run.points if hit.run else 0)


def test_sorts(ask: Any) -> None:
    assert ask.names(sort="followers")[0] == "Bo Chen"
    assert ask.names(sort="followers")[-1] == "Dana Makeup"  # unknown last
    assert ask.names(sort="engagement")[:2] == ["Ana Vidal", "Bo Chen"]
    assert ask.names(sort="name") == sorted(ask.names())
    assert ask.names(sort="last_post")[-2:] == ["Dana Makeup", "Gus"]


def test_pages_follow_each_other(ask: Any) -> None:
    whole = ask.names(text="vegan", sort="followers")
    first = ask(text="vegan", sort="followers", limit=2)
    second = ask(text="vegan", sort="followers", limit=2, after=first.next, facets=())
    assert [h.creator["display_name"] for h in (*first.hits, *second.hits)] == whole[:4]
    last = ask(text="vegan", sort="followers", limit=2, after=second.next)
    assert last.next is None
    with pytest.raises(UsageError, match="another search"):
        ask(text="food", after=first.next)
    for broken in ("x", "%%%", first.next[:-3], "AAAA"):
        with pytest.raises(UsageError, match="not a cursor"):
            ask(text="vegan", after=broken)


def test_results_say_where_they_come_from(ask: Any) -> None:
    found = ask(text="vegan", limit=1)
    assert found.demo
    assert found.query == {"text": "vegan", "limit": 1}
    assert found.as_of.year == 2026
    assert found.generation > 0
    assert found.took_ms > 0
    assert found.place is None
    assert found.unlocated is None
    assert msgspec.json.encode(found)


def test_only_what_is_asked_for_is_computed(ask: Any) -> None:
    found = ask(text="vegan", facets=("label",), funnel=False)
    assert list(found.facets) == ["label"]
    assert found.funnel == found.loosenings == ()


def test_an_index_never_built_answers(tmp_path: Any, ask: Any) -> None:
    searcher = Searcher(ColumnIndex(tmp_path / "none"))
    found = searcher.search(Query(text="vegan", near=None))
    assert (found.total, found.hits, found.next) == (0, (), None)
    assert found.facets["size"][0].count == 0
