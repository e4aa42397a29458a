"""What people type becomes a query, or one clear sentence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from influencr.errors import UnknownValue, UsageError
from influencr.search import (
    FACETS,
    SORTS,
    Query,
    make_query,
    query_from_params,
    query_to_params,
)


@pytest.mark.parametrize(
    ("typed", "number"),
    [("10k", 10_000), ("1.5M", 1_500_000), ("2500", 2500), (2500, 2500), ("1,2 m", 1_200_000),
     ("12,000", 12_000), ("1 000 000", 1_000_000), (0, 0)],
)  # fmt: skip
def test_numbers_as_people_write_them(typed: object, number: int) -> None:
    assert make_query(followers_min=typed).followers_min == number


def test_rates_and_distances() -> None:
    assert make_query(engagement_min="0.3 %").engagement_min == 0.003
    assert make_query(engagement_min=0.02).engagement_min == 0.02
    assert make_query(influence_min="90", closeness_min="30%").influence_min == 90.0
    assert make_query(closeness_min="30%").closeness_min == 0.3
    assert make_query(near="x", within_km="100 km").within_km == 100
    assert make_query(near="x", within_km="10 miles").within_km == pytest.approx(16.09344)


def test_one_word_is_a_list() -> None:
    assert make_query(platform="tiktok", country=["FR", "FR"]).platform == ("tiktok",)
    assert make_query(country=["FR", "FR", ""]).country == ("FR",)
    assert make_query(text=None, near="", platform=()) == Query()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"followers": 5}, "followers_min"),
        ({"zzzz": "red"}, "valid: text"),
        ({"followers_min": "many"}, "followers_min: 'many' is not a number"),
        ({"followers_min": -1}, "negative"),
        ({"followers_min": 1.5}, "whole number"),
        ({"followers_min": 10, "followers_max": 5}, "above followers_max"),
        ({"engagement_min": float("nan")}, "negative or endless"),
        ({"influence_min": 101}, "a percentile lies between 0 and 100"),
        ({"closeness_min": "130%"}, "a share lies between 0 and 1"),
        ({"limit": 0}, "limit"),
        ({"limit": 10_001}, "limit"),
        ({"within_km": 5}, "near or place"),
        ({"near": "Lyon", "within_km": 0}, "within_km"),
        ({"near": "Lyon", "within_km": 99_999}, "within_km"),
        ({"near": "Lyon", "place": "Lyon"}, "not both"),
        ({"text": "!!! &"}, "no word"),
        ({"text": "w " * 40}, "32 words"),
        ({"text": 5}, "must be text"),
        ({"everything": "maybe"}, "true or false"),
        ({"platform": "Tik Tok"}, "platform"),
        ({"size_bands": (5, 5)}, "size_bands"),
        ({"country": 5}, "list of words"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(fields: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        make_query(**fields)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"sort": "follower"}, "followers"),
        ({"verdict": "veted"}, "vetted"),
        ({"label": "celebrty"}, "celebrity"),
        ({"activity": "activ"}, "active"),
        ({"facets": ("contry",)}, "country"),
        ({"language": "english"}, "language"),
    ],
)
def test_unknown_words_name_the_nearest(fields: dict[str, object], said: str) -> None:
    with pytest.raises(UnknownValue, match=said):
        make_query(**fields)


def test_a_url_names_what_it_does_not_know() -> None:
    with pytest.raises(UsageError, match="is not a filter"):
        query_from_params({"colour": ["red"]})
    with pytest.raises(UsageError, match="2 times"):
        query_from_params({"sort": ["name", "followers"]})
    assert query_from_params({"text": ["gym"], "near": [""], "country": ["", "FR"]}) == make_query(
        text="gym", country="FR"
    )


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp"]), max_size=9
)


@settings(deadline=None, max_examples=200)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "text": texts.map(lambda t: f"vegan {t}"),
            "near": texts.filter(lambda t: t.strip()),
            "within_km": st.floats(0.001, 20_000),
            "country": st.lists(texts.filter(lambda t: t.strip()), max_size=3),
            "topic": st.lists(texts.filter(lambda t: t.strip()), max_size=3),
            "followers_min": st.integers(0, 10**12),
            "engagement_min": st.floats(0, 10, allow_subnormal=False),
            "everything": st.booleans(),
            "funnel": st.booleans(),
            "facets": st.lists(st.sampled_from(FACETS), unique=True),
            "sort": st.sampled_from(SORTS),
            "limit": st.integers(1, 10_000),
            "size_bands": st.lists(st.integers(1, 10**9), unique=True).map(sorted),
        },
    )
)
def test_every_query_survives_its_url(fields: dict[str, object]) -> None:
    if "within_km" in fields and "near" not in fields:
        del fields["within_km"]
    query = make_query(**fields)
    assert query_from_params(query_to_params(query)) == query
