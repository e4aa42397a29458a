"""Requests are read in one place: what is not known is refused by name, nothing is passed over."""

import inspect

import msgspec
import pytest

from influencr.answers import QUESTIONS, from_params, read_request, request_of
from influencr.answers._question import fields_of
from influencr.answers._schema import parameters_of, query_meanings, schema_of
from influencr.errors import UnknownParameter, UnknownValue, UsageError
from influencr.search import CHOICES, Query, make_query


def read(name, **values):
    return read_request(QUESTIONS[name], values)


def test_filters_stand_beside_the_other_parameters():
    asked = read("explain", who="@ana", text="vegan", followers_min="10k", country="FR")
    assert asked.who == "@ana"
    assert asked.query == make_query(text="vegan", followers_min=10_000, country=("FR",))


@pytest.mark.parametrize("name", QUESTIONS)
def test_what_a_question_does_not_have_is_refused_by_name(name):
    with pytest.raises(UnknownParameter) as told:
        read(name, frobnicate=1)
    assert told.value.field == "frobnicate"
    assert told.value.valid == list(QUESTIONS[name].parameters)
    assert "frobnicate" in told.value.message


def test_a_misspelt_filter_names_the_right_one():
    with pytest.raises(UnknownParameter) as told:
        read("search", follower_min=5)
    assert "'followers_min'" in told.value.message


@pytest.mark.parametrize(
    ("name", "values", "field", "said"),
    [
        ("search", {"followers_min": "many"}, "followers_min", "not a number"),
        ("search", {"limit": 0}, "limit", "1 to"),
        ("search", {"platform": "Tik Tok"}, "platform", "tiktok"),
        ("search", {"fit_min": 0.5}, "fit_min", "brand"),
        ("search", {"similar_by": "audience"}, "similar_by", "similar"),
        ("search", {"include_region_level": True}, "include_region_level", "near or place"),
        ("search", {"words_only": "true"}, "words_only", "text"),
        ("suggest", {"prefix": "ber", "limit": 51}, "limit", "1 to 50"),
        ("suggest", {"prefix": "ber", "limit": "soon"}, "limit", "a whole number"),
        ("suggest", {}, "prefix", "needs it"),
        ("overlap", {"who": ()}, "who", "1 to 100"),
        ("plan", {"budget": 1, "published": "perhaps"}, "published", "true or false"),
        ("plan", {"budget": 1, "prices": ["a"]}, "prices", "an object"),
        ("plan", {"budget": 1, "prices": {"a": [1]}}, "prices", "least and most"),
        ("plan", {"budget": 1, "per_1000": [1, 2, 3]}, "per_1000", "a list"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_field(name, values, field, said):
    with pytest.raises(UsageError) as told:
        read(name, **values)
    assert told.value.field == field
    assert said in told.value.message


def test_a_word_that_is_no_choice_names_the_choices():
    with pytest.raises(UnknownValue) as told:
        read("similar", who="@ana", by="contents")
    assert told.value.valid == ["audience", "content"]
    with pytest.raises(UnknownValue) as told:
        read("search", sort="followrs")
    assert "'followers'" in told.value.message


def test_no_question_of_that_name():
    with pytest.raises(UnknownValue) as told:
        request_of("serch", {})
    assert "'search'" in told.value.message


@pytest.mark.parametrize("empty", [None, ""])
def test_empty_is_not_asked(empty):
    assert read("search", text=empty, place=empty, country=empty, fields=empty).query == Query()


def test_an_address_repeats_the_names_of_lists():
    params = {"country": ["FR", "BE"], "text": ["gym", ""], "fields": ["handle", "score"]}
    values = from_params(QUESTIONS["search"], params)
    asked = read_request(QUESTIONS["search"], values)
    assert asked.query == make_query(text="gym", country=("FR", "BE"))
    assert asked.fields == ("handle", "score")


@pytest.mark.parametrize(
    "given", [["handle", "score"], ["handle,score"], ["handle, score,"], [",", "handle", "score"]]
)
def test_fields_of_an_address_may_be_one_word(given):
    values = from_params(QUESTIONS["search"], {"fields": given})
    assert read_request(QUESTIONS["search"], values).fields == ("handle", "score")


def test_what_comes_twice_and_cannot_is_refused():
    with pytest.raises(UsageError) as told:
        from_params(QUESTIONS["search"], {"text": ["gym", "yoga"]})
    assert told.value.field == "text"
    assert "2 times" in told.value.message


def test_every_filter_is_described_in_words():
    missing = [name for name, words in query_meanings().items() if not words]
    assert missing == []
    assert query_meanings()["followers_max"] == "inclusive"
    assert query_meanings()["near"].startswith("radius around a place")


def test_the_schema_promises_what_is_taken():
    schema = schema_of(QUESTIONS["search"])
    assert schema["additionalProperties"] is False
    assert set(schema["properties"]) == set(QUESTIONS["search"].parameters)
    for name, words in CHOICES.items():
        told = schema["properties"][name]
        assert tuple(told.get("items", told)["enum"]) == words
    assert schema["properties"]["limit"]["maximum"] == 10_000


@pytest.mark.parametrize(
    ("name", "outside"),
    [
        *(("limit", 0), ("limit", 10_001), ("influence_min", 101), ("closeness_min", 1.1)),
        *(("audience_share_min", 1.1), ("bought_share_max", -0.1), ("growth_min", -1.1)),
        *(("followers_min", -1), ("within_km", 30_000), ("account_days_min", -1)),
    ],
)
def test_the_bounds_of_the_schema_are_those_that_hold(name, outside):
    told = schema_of(QUESTIONS["search"])["properties"][name]
    number = next((one for one in told.get("anyOf", ()) if "type" in one), told)
    least, most = number.get("minimum", -1e18), number.get("maximum", 1e18)
    assert not least <= outside <= most
    with pytest.raises(UsageError) as refused:
        make_query(**{name: outside})
    assert refused.value.field == name


@pytest.mark.parametrize("asked", QUESTIONS.values(), ids=QUESTIONS)
def test_a_question_is_told_whole(asked):
    assert asked.meaning.endswith(".")
    assert inspect.signature(asked.answer).parameters.keys() >= {"engine", "request"}
    assert set(asked.in_path) <= set(asked.request.__struct_fields__)
    assert asked.returns is not dict, "say what the document holds"
    for one in parameters_of(asked):
        assert one.meaning, one.name
    assert not asked.writes or asked.verb != "GET"
    assert not (asked.by_post and asked.writes)


def test_no_two_questions_share_an_address():
    addresses = [(one.verb, one.path) for one in QUESTIONS.values()]
    addresses += [("POST", one.path) for one in QUESTIONS.values() if one.by_post]
    assert len(addresses) == len(set(addresses))


def test_fields_of_a_query_and_of_its_question_are_apart():
    for asked in QUESTIONS.values():
        if asked.asks_query:
            own = {name for name, kind in fields_of(asked.request).items() if kind is not Query}
            taken = own & set(Query.__struct_fields__)
            assert not taken, f"{asked.name}: {taken} would hide a filter"


def test_requests_are_frozen():
    for asked in QUESTIONS.values():
        assert asked.request.__struct_config__.frozen
        assert issubclass(asked.request, msgspec.Struct)
