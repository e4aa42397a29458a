"""An open record: see, correct, contest, leave; and that it reaches everything."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest
from django.test import Client

from influencr.kept import Rights
from influencr.search import make_query
from influencr.search.brand import make_brand

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

MANY = "art, baking, books, coffee, dance, fashion, fitness, gaming, gardening, music"
RITA = "bluesky:did:plc:" + "1".zfill(24)


def found(at: Any, **asked: Any) -> list[str]:
    return [hit.handle for hit in at.engine.search(**asked).hits]


def test_a_place_that_was_said_is_found_and_stays(place: Any):
    mine = place.prove(RITA)
    assert "rita.example" in found(place, place="Berlin")
    page = place.client.get(mine, {"do": "place", "place": "Osaka"}).content.decode()
    assert "Osaka, Japan" in page
    choice = place.engine.rights.place_choices("Osaka")[0]
    response = place.change(mine, do="place", place_id=choice.place_id)
    assert response["Location"].endswith("?done=corrected")
    assert found(place, place="Osaka") == ["rita.example"]
    assert "rita.example" not in found(place, place="Berlin")
    dossier = Client().get("/c/bluesky/rita.example").content.decode()
    assert "said by the creator, proven on" in dossier
    place.engine.refresh(force=True)
    assert found(place, place="Osaka") == ["rita.example"]
    place.change(mine, do="place", place_id="back")
    assert "rita.example" in found(place, place="Berlin")


def test_no_place_at_all_can_be_asked_for(place: Any):
    mine = place.prove(RITA)
    place.change(mine, do="place", place_id="none")
    row = place.engine.show(RITA)
    assert row["place_level"] is None
    assert row["place_reason"].endswith("no place is to be shown")
    place.engine.refresh(force=True)
    assert place.engine.show(RITA)["place_level"] is None


@pytest.mark.parametrize("bad", ["", "x", "999999999999", "-5"])
def test_a_place_that_is_none_is_refused(place: Any, bad: str):
    mine = place.prove(RITA)
    assert place.change(mine, do="place", place_id=bad).status_code == 400
    assert Rights(place.engine.home.path).statements() == []


def test_topics_that_were_said(place: Any):
    mine = place.prove(RITA)
    page = place.client.get(mine, {"do": "topics"}).content.decode()
    assert 'value="vegan" checked' in page
    place.change(mine, do="topics", topic=["vegan"], more="coffee, Kaffee")
    row = place.engine.show(RITA)
    assert row["topics"] == ["vegan", "coffee"]
    assert row["topic_evidence"][0].startswith("said by the creator, proven on")
    assert found(place, topic=("coffee",)) == ["rita.example"]
    place.change(mine, do="topics", back="yes")
    assert "baking" in place.engine.show(RITA)["topics"]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ("catholic", "stays out of topics for everybody"),
        ("xyzzyq", "is no topic that is listed"),
        (MANY, "are too many"),
    ],
)
def test_topics_that_cannot_be(place: Any, more: str, sentence: str):
    mine = place.prove(RITA)
    response = place.change(mine, do="topics", more=more)
    assert response.status_code == 400
    assert sentence in place.told(response)


def test_everything_that_is_kept_in_one_file(place: Any):
    mine = place.prove(RITA)
    place.change(mine, do="contest", about="topics", text="I bake no bread", shown="yes")
    response = place.client.get(f"{mine}/everything.json")
    assert response["Content-Disposition"] == 'attachment; filename="my-record.json"'
    assert response["Cache-Control"] == "no-store"
    told = json.loads(response.content)
    assert told["observed"]["profiles"][0]["display_name"] == "Rita"
    assert told["observed"]["profiles"][0]["source"] == "bluesky"
    assert told["concluded"]["place_label"] == "Berlin, Germany"
    assert told["asked_by_you"][0]["text"] == "I bake no bread"
    assert set(told["observed"]) == {"profiles", "posts", "follows", "engagements", "packs"}
    assert "Ana" not in response.content.decode()


def test_a_contest_stands_on_the_dossier_in_their_words_where_they_want_it(place: Any):
    mine = place.prove(RITA)
    words = "<b>My</b> followers are real\u202e http://evil.example <script>alert(1)</script>"
    place.change(mine, do="contest", about="verdict", text=words, shown="yes")
    place.change(mine, do="contest", about="label", text="not for everybody", contact="r@r.example")
    dossier = Client().get("/c/bluesky/rita.example").content.decode()
    assert "Contested by the creator" in dossier
    assert "&lt;b&gt;My&lt;/b&gt; followers are real" in dossier
    assert "<script>alert" not in dossier
    assert "\u202e" not in dossier
    assert 'href="http://evil.example' not in dossier
    assert "not for everybody" not in dossier
    first, second = place.engine.rights.cases("open", "contest")
    assert second.contact == "r@r.example"
    place.engine.rights.answer(first.number, "Looked at again: you are right.")
    assert place.engine.rights.case(first.number).state == "answered"
    dossier = Client().get("/c/bluesky/rita.example").content.decode()
    assert "Looked at again: you are right." in dossier
    place.change(mine, do="withdraw", number=first.number)
    dossier = Client().get("/c/bluesky/rita.example").content.decode()
    assert "followers are real" not in dossier
    assert b"followers are real" not in (place.engine.home.path / "rights.sqlite").read_bytes()


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_a_contest_without_words_or_with_too_many_is_refused(place: Any, text: str):
    mine = place.prove(RITA)
    response = place.change(mine, do="contest", about="verdict", text=text)
    assert response.status_code == 400
    assert place.engine.rights.cases() == []


def test_a_case_of_somebody_else_cannot_be_taken_back(place: Any):
    rights = place.engine.rights
    other = rights.ask_for_help(rights.by_id("tiktok:@ana"), "it is me", contact="a@a.example")
    mine = place.prove(RITA)
    place.change(mine, do="withdraw", number=other.number)
    assert rights.case(other.number).state == "open"


def test_leaving_asks_twice_and_reaches_everything(place: Any, tmp_path: Any):
    mine = place.prove(RITA)
    engine = place.engine
    choice = engine.rights.place_choices("Osaka")[0]
    place.change(mine, do="place", place_id=choice.place_id)
    place.change(mine, do="contest", about="verdict", text="look again", shown="yes")
    engine.saved.save("bakers", make_query(text="vegan"))
    engine.saved.run("bakers", limit=10, mark=True)
    engine.brands.save(
        make_brand(name="oats", words="vegan oat", examples=("bluesky:@rita.example",))
    )
    team = engine.of("team:rye")
    team.lists.make("bakers")
    team.lists.add("bakers", [RITA], note="call rita.example on Monday")
    assert "cannot be undone" in place.client.get(mine, {"do": "leave"}).content.decode()
    assert "type <b>" in place.client.get(mine, {"do": "sure"}).content.decode()
    response = place.change(mine, do="leave", name="somebody else")
    assert response.status_code == 400
    assert "Type rita.example to go" in place.told(response)
    assert engine.show(RITA)["indexed"]
    response = place.change(mine, do="leave", name="@Rita.example")
    assert response["Location"].startswith("/creators/left/")
    page = place.client.get(response["Location"]).content.decode()
    assert "You are gone" in page
    assert "seconds after you asked" in page
    assert engine.show(RITA) is None
    assert team.lists.items("bakers") == []
    assert "rita.example" not in found(place, text="vegan")
    assert Client().get("/c/bluesky/rita.example").status_code == 404
    assert place.client.get(mine).status_code == 410
    assert "Nobody of that name" in place.look("rita.example")
    exported = tmp_path / "all.csv"
    engine.export(make_query(), exported)
    assert "rita" not in exported.read_text()
    names = (place.rita.encode(), b"rita.example")
    left = [
        file
        for file in engine.home.path.rglob("*")
        if file.is_file() and any(name in file.read_bytes() for name in names)
    ]
    assert left == []
    (departure,) = engine.rights.departures()
    assert departure.profile_id is None
    assert departure.way == "post"
    assert departure.seconds is not None
    assert departure.seconds < 60


def test_a_removal_that_was_killed_is_finished_by_the_next_visit(place: Any):
    wished = place.engine.rights.ask_to_leave(RITA, way="dns")
    assert place.engine.rights.ask_to_leave(RITA, way="dns").number == wished.number
    from influencr.service.rights import moving

    moving.begin_to_settle(place.engine).join()
    assert place.engine.show(RITA) is None
    assert place.engine.rights.leaving() == []


def test_a_change_from_another_site_is_refused(place: Any):
    mine = place.prove(RITA)
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(f"{mine}/change", {"do": "leave", "name": "rita.example"})
    assert response.status_code == 403
    assert place.engine.show(RITA)["indexed"]


def test_a_contested_verdict_is_checked_again_at_once(place: Any):
    mine = place.prove(RITA)
    place.change(mine, do="contest", about="verdict", text="they are real people")
    (checked,) = place.engine.disputes(RITA)
    assert checked.checked_at is not None
    assert "they are real" not in checked.reason
    place.change(mine, do="contest", about="topics", text="no bread")
    assert len(place.engine.disputes(RITA)) == 1


def test_while_a_refresh_is_under_way_searches_lose_them_at_once(place: Any):
    from influencr.pipeline._durable import locked
    from influencr.service.rights import moving

    mine = place.prove(RITA)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(moving, "_WAIT_S", 0.0)
        with locked(place.engine.home.judged, "refresh"):
            response = place.change(mine, do="leave", name="rita.example")
            deadline = time.monotonic() + 60
            while found(place, text="vegan") and time.monotonic() < deadline:
                time.sleep(0.05)
            assert found(place, text="vegan") == []
            assert "on your way out" in place.client.get(response["Location"]).content.decode()
            assert place.client.get(mine).status_code == 410
    for thread in threading.enumerate():
        if thread.name == "rights":
            thread.join()
    assert "You are gone" in place.client.get(response["Location"]).content.decode()
    assert place.engine.rights.leaving() == []
