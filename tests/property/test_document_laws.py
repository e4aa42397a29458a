"""Laws of documents: what comes back from one is what it was made from, and it is what its schema
says. Over the invented world, which tests/conftest.py makes once."""

import random

import jsonschema
import msgspec
import pytest

from influencr.answers import QUESTIONS, answered, documents
from influencr.answers._schema import components_of
from influencr.engine import Engine
from influencr.errors import UnknownValue
from influencr.search import FACETS, HISTOGRAMS, SORTS

QUERIES = 40


@pytest.fixture(scope="module")
def engine(tiny_home):
    with Engine(tiny_home) as opened:
        yield opened


@pytest.fixture(scope="module")
def chosen(engine):
    """Values that somebody of this world has."""
    return {
        name: [value.value for value in values if value.value != "unknown"]
        for name, values in engine.search(limit=1).facets.items()
    }


@pytest.fixture(scope="module")
def parts():
    return components_of([asked.returns for asked in QUESTIONS.values()])[1]


def query(seed, chosen):
    """A question as somebody might ask it; now and then one that nobody answers."""
    rng = random.Random(seed)
    asked = {"sort": rng.choice(SORTS), "limit": rng.choice([1, 5, 40])}
    if rng.random() < 0.6:
        words = [
            "vegan",
            "bread baking",
            "music -jazz",
            '"street food"',
            "runing",
            "vegan in France",
        ]
        asked["text"] = rng.choice(words)
    for name, odds in (("topic", 0.3), ("country", 0.3), ("platform", 0.3), ("language", 0.2)):
        if rng.random() < odds and chosen[name]:
            asked[name] = tuple(rng.sample(chosen[name], min(2, len(chosen[name]))))
    if rng.random() < 0.3:
        asked |= {"near": rng.choice(["Berlin", "Lyon"]), "within_km": rng.choice([50, 3_000])}
    if rng.random() < 0.3:
        asked["followers_min"] = rng.choice([100, 5_000])
    asked["everything"] = rng.random() < 0.3
    asked["histograms"] = tuple(rng.sample(HISTOGRAMS, 2))
    asked["facets"] = tuple(rng.sample(FACETS, rng.randrange(len(FACETS))))
    return asked


def bare(hit):
    """A hit without the raw material of search, which is in no document."""
    row = {name: value for name, value in hit.creator.items() if name != "post_text"}
    return msgspec.structs.replace(hit, creator=row)


def holds(document, name, parts):
    """Whether a document is what the schema of its question says."""
    (schema,), _ = components_of([QUESTIONS[name].returns])
    whole = {**schema, "components": {"schemas": parts}}
    jsonschema.Draft202012Validator(whole).validate(document)


@pytest.mark.parametrize("seed", range(QUERIES))
def test_an_answer_comes_back_as_it_was(engine, chosen, parts, seed):
    results = engine.search(**query(seed, chosen))
    document = documents.plain(documents.results_document(results))
    holds(document, "search", parts)
    back = documents.results_from(document)
    assert back == msgspec.structs.replace(results, hits=tuple(map(bare, results.hits)))


def test_every_creator_comes_back_as_they_were(engine, parts):
    seen = 0
    for hit in engine.every(everything=True):
        row = bare(hit).creator
        document = documents.plain(documents.creator_document(hit.creator))
        assert documents.creator_row(document) == row
        told = answered(engine, "creator", {"who": hit.profile_id})
        holds(told, "creator", parts)
        holds(answered(engine, "evidence", {"who": hit.profile_id}), "evidence", parts)
        holds(answered(engine, "influence", {"who": hit.profile_id}), "influence", parts)
        seen += 1
    assert seen > 50


@pytest.mark.parametrize("seed", range(12))
def test_reasons_come_back_as_they_were(engine, chosen, parts, seed):
    asked = query(seed, chosen)
    sort, limit = asked.pop("sort"), asked.pop("limit")
    assert sort
    assert limit
    from influencr.search import make_query

    wanted = make_query(**asked)
    everybody = [hit.profile_id for hit in engine.every(everything=True)]
    one, other = random.Random(seed).sample(everybody, 2)
    told = engine.explain(wanted, one)
    document = documents.plain(documents.reasons_document(told))
    holds(document, "explain", parts)
    whole = told if told.hit is None else msgspec.structs.replace(told, hit=bare(told.hit))
    assert documents.explained_from(document) == whole
    both = engine.compare(wanted, one, other)
    document = documents.plain(documents.reasons_document(both))
    holds(document, "compare", parts)
    back = documents.compared_from(document)
    assert (back.because, back.decides, back.parts) == (both.because, both.decides, both.parts)
    assert (back.upper.profile_id, back.lower.profile_id) == (
        both.upper.profile_id,
        both.lower.profile_id,
    )


def test_places_people_and_plans_come_back_as_they_were(engine, parts):
    from influencr.search import make_query

    ids = [hit.profile_id for hit in engine.search(limit=5, sort="followers").hits]
    wanted = make_query(text="vegan")
    for name, value, document, back in (
        (
            "whereabouts",
            engine.whereabouts(wanted),
            documents.whereabouts_document,
            documents.whereabouts_from,
        ),
        (
            "suggest",
            engine.suggest_places("ber"),
            documents.suggestions_document,
            documents.suggestions_from,
        ),
        ("overlap", engine.overlap(ids), documents.overlap_document, documents.overlap_from),
        (
            "plan",
            engine.plan(budget=5_000, per_1000=(5, 10)),
            documents.plan_document,
            documents.plan_from,
        ),
    ):
        told = documents.plain(document(value))
        holds(told, name, parts)
        assert back(told) == value, name


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("count", {"text": "vegan"}),
        ("place", {"place": "Germany except Bavaria, Spain"}),
        ("place", {"place": "within 50 km of Austin"}),
        ("status", {}),
        ("lists", {}),
        ("saved", {}),
        ("search", {"fields": ["place.label", "score"]}),
    ],
)
def test_other_answers_are_what_their_schemas_say(engine, parts, name, values):
    holds(answered(engine, name, values), name, parts)


def test_a_count_is_the_total_of_the_search(engine, chosen):
    for seed in range(10):
        asked = query(seed, chosen)
        total = engine.search(**asked).total
        asked["sort"] = "relevance"
        assert answered(engine, "count", asked)["total"] == total == engine.count(**asked)


def test_fields_select_and_nothing_else(engine):
    whole = answered(engine, "search", {"text": "vegan", "limit": 10})
    some = answered(
        engine, "search", {"text": "vegan", "limit": 10, "fields": ["score", "place.label"]}
    )
    for all_of_it, part in zip(whole["hits"], some["hits"], strict=True):
        assert part == {
            "profile_id": all_of_it["profile_id"],
            "platform": all_of_it["platform"],
            "handle": all_of_it["handle"],
            "score": all_of_it["score"],
            "place": {"label": all_of_it["place"]["label"]},
        }
    assert [name for name in whole if name != "took_ms"] == [n for n in some if n != "took_ms"]


def test_a_list_of_the_world_says_nothing_of_the_machine(engine):
    assert str(engine.home.path) not in str(answered(engine, "status", {}))


def test_every_field_that_can_be_chosen_is_there_for_somebody(engine):
    ids = [hit.profile_id for hit in engine.search(limit=1).hits]
    whole = answered(engine, "search", {"limit": 20})
    there = {name for hit in whole["hits"] for name in hit}
    assert {name for name in documents.hit_fields() if "." not in name} == there
    (who,) = ids
    dossier = answered(engine, "creator", {"who": who})
    assert {name for name in documents.dossier_fields() if "." not in name} == set(dossier)
    assert {f"measured.{name}" for name in dossier["measured"]} <= documents.dossier_fields()


def test_a_field_that_there_is_not_is_refused_when_nobody_is_found_too(engine):
    with pytest.raises(UnknownValue) as told:
        answered(engine, "search", {"text": "zzzzqqqq", "fields": ["scores"]})
    assert told.value.field == "fields"
