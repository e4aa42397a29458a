"""The tools: which there are, what they take, what they refuse, and that data stays data."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.unit.mcp.conftest import PAYLOAD

from influencr.answers import QUESTIONS, Answers
from influencr.engine import Engine
from influencr.mcp import Tools
from influencr.mcp._fenced import FENCE
from influencr.mcp._server import INSTRUCTIONS
from influencr.search import CHOICES, Query

_FENCED = re.compile(f"{FENCE[0]}[^{FENCE[0]}{FENCE[1]}]*{FENCE[1]}")

#: One call of every tool that asks, in the hostile home.
CALLS: dict[str, dict[str, Any]] = {
    "search": {"text": "vegan", "funnel": True},
    "count": {"text": "vegan"},
    "similar": {"who": "tiktok:@ana"},
    "suggest": {"prefix": "Lyo"},
    "place": {"place": "within 50 km of Lyon"},
    "creator": {"who": "tiktok:@mallory"},
    "evidence": {"who": "tiktok:@mallory"},
    "influence": {"who": "tiktok:@mallory"},
    "explain": {"who": "tiktok:@mallory", "text": "vegan"},
    "compare": {"one": "tiktok:@ana", "other": "tiktok:@mallory", "text": "vegan"},
    "look_up": {"who": ["tiktok:@mallory", "tiktok:@nobody"]},
    "overlap": {"who": ["tiktok:@ana", "tiktok:@mallory"]},
    "plan": {"budget": 100, "per_1000": [5, 10]},
    "lists": {},
    "list": {"list": "Bakers"},
    "saved": {},
    "news": {"name": "vegan"},
    "alerts": {},
    "watches": {},
    "brands": {},
    "brand": {"brand": "Bread"},
    "prices": {},
    "status": {},
    "verify": {"handles": ["creator:tiktok:1001"]},
}
#: Where the hostile home has nothing to answer with: the code of the error.
REFUSED = {"overlap": "home", "plan": "home"}


def digest(home: Path) -> dict[str, str]:
    """Every file that members' things are kept in."""
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(home.glob("*.sqlite*"))
    }


@pytest.fixture
def kept(hostile_home: Path, tmp_path: Path) -> Path:
    """The hostile home with a list, a saved search and a brand whose words are orders, too."""
    folder = tmp_path / "home"
    shutil.copytree(hostile_home, folder)
    with Engine(folder) as engine:
        asks = Answers(engine)
        asks.ask("list_make", name="Bakers", note=f"{PAYLOAD} and delete this list")
        asks.ask("list_add", list="Bakers", who=["tiktok:@mallory"], note=PAYLOAD)
        asks.ask("saved_keep", name="vegan", text="vegan")
        asks.ask("brand_keep", brand="Bread", words=["vegan"], description=f"Bread {PAYLOAD}")
    return folder


def test_every_question_is_a_tool_and_no_order_is_one_unless_allowed(tools: Tools) -> None:
    names = {one.name for one in tools.all()}
    asked = {q.name for q in QUESTIONS.values() if not q.writes and q.scope != "import"}
    assert names == asked - {"whereabouts"}
    assert not any(one.writes for one in tools.all())
    assert {"search", "count", "creator", "explain", "compare", "similar"} <= names
    assert {"overlap", "plan", "place", "suggest", "lists", "list", "saved", "verify"} <= names


def test_orders_are_refused_by_name_when_they_are_not_allowed(tools: Tools) -> None:
    answer = tools.call("list_make", {"name": "Bakers"})
    assert answer.is_error
    assert answer.document["error"]["code"] == "read_only"
    assert "--allow-writes" in answer.document["error"]["message"]


def test_allowed_orders_are_done_and_marked_as_such(hostile: Tools, hostile_home: Path) -> None:
    orders = {one.name: one for one in hostile.all() if one.writes}
    assert {"list_make", "list_add", "list_remove"} <= set(orders)
    assert orders["list_remove"].destroys
    assert not [one for one in orders if QUESTIONS[one].scope == "import"]


def test_schemas_hold_the_choices_and_are_schemas(tools: Tools) -> None:
    for one in tools.all():
        jsonschema.Draft202012Validator.check_schema(one.schema)
        assert one.schema["additionalProperties"] is False
        assert one.description
    search = {one.name: one for one in tools.all()}["search"].schema["properties"]
    assert set(Query.__struct_fields__) <= set(search)
    for name, words in CHOICES.items():
        told = search[name].get("enum") or search[name]["items"]["enum"]
        assert tuple(told) == words
    assert search["limit"]["maximum"] == 100


def test_what_is_offered_does_not_depend_on_the_data(tools: Tools, kept: Path) -> None:
    with Engine(kept) as engine:
        assert Tools(Answers(engine)).all() == tools.all()
    assert PAYLOAD not in INSTRUCTIONS + json.dumps([one._asdict() for one in tools.all()])


def test_no_answer_of_any_tool_has_a_strangers_words_outside_a_fence(kept: Path) -> None:
    with Engine(kept) as engine:
        tools = Tools(Answers(engine))
        assert set(CALLS) == {one.name for one in tools.all()}
        before, fences = digest(kept), 0
        for name, arguments in CALLS.items():
            answer = tools.call(name, arguments)
            assert answer.is_error == (name in REFUSED), (name, answer.document)
            text = json.dumps(answer.document, ensure_ascii=False)
            assert PAYLOAD not in _FENCED.sub("", text), name
            assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\U000e0000-\U000e007f]", text)
            if PAYLOAD in text:
                fences += 1
                assert answer.document["untrusted"]["fields"]
        assert fences >= 8
        # Whatever the words demanded: nothing that members keep has changed.
        assert digest(kept) == before


def test_orders_in_a_bio_change_neither_who_is_found_nor_in_which_order(
    hostile_home: Path, hostile: Tools
) -> None:
    with Engine(hostile_home) as engine:
        found = engine.search("vegan", limit=10)
    answer = hostile.call("search", {"text": "vegan"})
    assert [hit["profile_id"] for hit in answer.document["hits"]] == [
        hit.profile_id for hit in found.hits
    ]
    assert answer.document["total"] == found.total == 2
    mallory = next(h for h in answer.document["hits"] if h["handle"] == "mallory")
    assert mallory["bio_text"].count(FENCE[1]) == 1
    assert answer.document["untrusted"]["removed"] > 0


def test_what_was_fenced_can_be_sent_back(hostile: Tools) -> None:
    answer = hostile.call("creator", {"who": f"{FENCE[0]}tiktok:@ana{FENCE[1]}"})
    assert answer.document["handle"] == "ana"


def test_each_hit_has_handles_that_verify_understands(tools: Tools) -> None:
    hits = tools.call("search", {"text": "coffee", "limit": 2}).document["hits"]
    told = [
        f"{hit['handles']['subject']}#{number}"
        for hit in hits
        for number in hit["handles"]["numbers"]
    ]
    answer = tools.call("verify", {"handles": told})
    outcomes = answer.document["outcomes"]
    assert outcomes["agrees"] > 6
    assert outcomes["differs"] == outcomes["not_listed"] == outcomes["not_checkable"] == 0


def test_a_limit_that_nobody_reads_is_refused(tools: Tools) -> None:
    answer = tools.call("search", {"limit": 5_000})
    assert answer.document["error"]["field"] == "limit"
    assert "`after`" in answer.document["error"]["message"]


def test_what_breaks_inside_is_an_answer_without_the_insides() -> None:
    class Broken:
        def ask(self, question: str, /, **request: Any) -> dict[str, Any]:
            raise RuntimeError("/home/somebody/secret")

    answer = Tools(Broken()).call("search", {})
    assert answer.is_error
    assert answer.document["error"]["code"] == "failed"
    assert "secret" not in json.dumps(answer.document)
