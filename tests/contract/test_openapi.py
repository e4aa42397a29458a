"""The description of the interface is in the repository, is what the code does, and keeps what it
promised."""

import copy
import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("influencr_openapi", ROOT / "tools/openapi.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def saved(tool):
    return json.loads(tool.FILE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def now(tool):
    return json.loads(tool.text())


def test_nothing_that_was_promised_is_gone(tool, saved, now):
    assert list(tool.broken(saved, now)) == []


def test_the_saved_description_is_what_the_code_says(saved, now):
    assert saved == now, "run `make docs`, read what changed, and commit it"


def test_it_is_openapi(now):
    assert now["openapi"].startswith("3.1")
    assert all(path.startswith("/api/v1/") for path in now["paths"])


def test_every_reference_leads_somewhere(now):
    told = json.dumps(now)
    for name in {piece.partition('"')[0] for piece in told.split('"#/components/schemas/')[1:]}:
        assert name in now["components"]["schemas"]


def test_every_address_says_what_it_means_and_how_it_refuses(now):
    for path, verbs in now["paths"].items():
        for verb, one in verbs.items():
            where = f"{verb} {path}"
            assert one["summary"], where
            assert {"401", "403", "422", "503"} <= set(one["responses"]), where
            for parameter in one["parameters"]:
                assert parameter.get("description"), f"{where} {parameter['name']}"
            for status, answer in one["responses"].items():
                if status >= "400":
                    schema = answer["content"]["application/json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/Error"}, where


def search(document):
    return document["paths"]["/api/v1/search"]


def filter_of(document, name):
    return next(one for one in search(document)["get"]["parameters"] if one["name"] == name)


def body_of(document):
    return search(document)["post"]["requestBody"]["content"]["application/json"]["schema"]


def without_path(document):
    del document["paths"]["/api/v1/search"]


def without_verb(document):
    del search(document)["post"]


def without_parameter(document):
    search(document)["get"]["parameters"].remove(filter_of(document, "language"))


def with_required_parameter(document):
    filter_of(document, "text")["required"] = True


def with_new_required_parameter(document):
    new = {"name": "tenant", "in": "query", "required": True, "schema": {"type": "string"}}
    search(document)["get"]["parameters"].append(new)


def with_fewer_words(document):
    filter_of(document, "sort")["schema"]["enum"].remove("closeness")


def with_narrower_number(document):
    filter_of(document, "limit")["schema"]["maximum"] = 100


def with_narrower_type(document):
    filter_of(document, "followers_min")["schema"] = {"type": "null"}


def without_field_of_body(document):
    del body_of(document)["properties"]["place"]


def without_property(document):
    del document["components"]["schemas"]["ResultsDocument"]["properties"]["total"]


def with_property_that_may_be_missing(document):
    document["components"]["schemas"]["ResultsDocument"]["required"].remove("total")


def with_property_that_may_be_null(document):
    total = document["components"]["schemas"]["ResultsDocument"]["properties"]
    total["total"] = {"type": ["integer", "null"]}


def without_deep_property(document):
    del document["components"]["schemas"]["FacetValue"]["properties"]["count"]


def without_answer(document):
    search(document)["get"]["responses"]["204"] = search(document)["get"]["responses"].pop("200")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (without_path, "/api/v1/search is gone"),
        (without_verb, "POST /api/v1/search is gone"),
        (without_parameter, "parameter language is gone"),
        (with_required_parameter, "parameter text has to be given now"),
        (with_new_required_parameter, "new parameter tenant has to be given"),
        (with_fewer_words, "takes closeness no more"),
        (with_narrower_number, "maximum is 100 now"),
        (with_narrower_type, "takes no integer any more"),
        (without_field_of_body, "body: place is gone"),
        (without_property, "answer: total is gone"),
        (with_property_that_may_be_missing, "total may be missing now"),
        (with_property_that_may_be_null, "total: may be null now"),
        (without_deep_property, "count is gone"),
        (without_answer, "answers with 200 no more"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_breaks_programs_is_seen(tool, now, change, sentence):
    changed = copy.deepcopy(now)
    change(changed)
    assert any(sentence in told for told in tool.broken(now, changed))


def test_what_only_adds_breaks_nothing(tool, now):
    changed = copy.deepcopy(now)
    changed["paths"]["/api/v1/new"] = search(changed)
    search(changed)["get"]["parameters"].append(
        {"name": "more", "in": "query", "required": False, "schema": {"type": "string"}}
    )
    filter_of(changed, "sort")["schema"]["enum"].append("luck")
    filter_of(changed, "limit")["schema"]["maximum"] = 20_000
    results = changed["components"]["schemas"]["ResultsDocument"]
    results["properties"]["more"] = {"type": "string"}
    assert list(tool.broken(now, changed)) == []
