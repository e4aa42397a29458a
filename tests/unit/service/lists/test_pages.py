"""Lists as pages: saving, states and notes, undo, sharing, files, side by side."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from tests.standins.members import NOW, signed_in

JUNO = "bluesky:did:plc:juno"


def words_of(markup: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", markup)))


def read(response: Any) -> str:
    return b"".join(response).decode() if response.streaming else response.content.decode()


@pytest.fixture
def people(engine: Any, cast: Any) -> Any:
    """Juno and Bela, whom the engine knows."""
    bela = cast.creator(
        profile_id="bluesky:bela", handle="bela", display_name="Bela", verdict="vetted"
    )
    engine.people.update({JUNO: cast.creator(), "bluesky:bela": bela})
    engine.answer = cast.results(cast.hit(), cast.hit(bela))
    return engine


def test_a_search_page_saves_to_the_list_changed_last(client: Client, people: Any):
    people.lists.make("Old")
    one = people.lists.make("Bakers")
    people.lists.add(one.id, [JUNO])
    markup = client.get("/search?text=rye").content.decode()
    buttons = re.findall(r'<button class="ls-save"[^>]*>', markup)
    assert f'name="off" value="{JUNO}" aria-pressed="true"' in buttons[0]
    assert 'title="On Bakers"' in buttons[0]
    assert 'name="who" value="bluesky:bela" aria-pressed="false"' in buttons[1]
    chooser = re.search(r'<select id="ls-list".*?</select>', markup).group()
    assert re.findall(r">([^<]+)<", chooser) == ["Bakers", "Old", "A new list"]


def test_saving_without_a_list_makes_one_and_goes_back(client: Client, people: Any):
    sent = {"who": JUNO, "list": "", "back": "/search?text=rye&done=x.y"}
    response = client.post("/lists/save", sent)
    (one,) = people.lists.all()
    assert (one.name, one.n) == ("Shortlist", 1)
    assert response["Location"] == f"/search?text=rye&done={one.id}.bluesky%3Adid%3Aplc%3Ajuno"
    told = client.get(response["Location"])
    assert "Saved to Shortlist" in words_of(told.content.decode())
    assert people.asked[-1].text == "rye"
    client.post("/lists/save", {"who": JUNO, "list": ""})
    assert people.lists.all()[0].name == "Shortlist 2"


def test_what_the_page_says_was_done_is_what_is_true(client: Client, people: Any):
    one = people.lists.make("Bakers")
    off = client.get(f"/search?text=rye&done={one.id}.{JUNO}").content.decode()
    assert "Taken off Bakers" in words_of(off)
    assert "ls-toast" not in client.get("/search?text=rye&done=call.us").content.decode()


def test_undo_brings_state_and_note_back(client: Client, people: Any):
    one = people.lists.make("Bakers")
    people.lists.add(one.id, [JUNO], status="agreed", note="asks for flour")
    sent = {"off": JUNO, "list": one.id}
    told = client.post("/lists/save", sent, headers={"accept": "application/json"}).json()
    assert told == {"list": one.id, "name": "Bakers", "href": f"/lists/{one.id}", "on": False}
    client.post("/lists/save", {"who": JUNO, "list": one.id, "undo": "yes"})
    (item,) = people.lists.items(one.id)
    assert (item.status, item.note) == ("agreed", "asks for flour")


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", ""])
def test_the_way_back_stays_on_this_site(client: Client, people: Any, back: str):
    response = client.post("/lists/save", {"who": JUNO, "back": back})
    assert response["Location"].startswith("/lists/")


def test_a_list_shows_who_is_on_it_with_what_is_known(client: Client, people: Any):
    one = people.lists.make("Bakers", note="for <autumn>")
    people.lists.add(one.id, [JUNO, "bluesky:bela"], note="asks")
    del people.people["bluesky:bela"]
    markup = client.get(f"/lists/{one.id}").content.decode()
    text = words_of(markup)
    assert "2 creators: 1 unknown, 1 not listed now" in text
    assert "for <autumn>" in text
    assert "<autumn>" not in markup
    assert "Juno Sauerteig" in text
    assert "not listed now, so nothing is known" in text
    assert markup.count("<option selected>found</option>") == 2


def test_only_what_was_changed_in_the_form_is_written(client: Client, people: Any):
    one = people.lists.make("Bakers")
    people.lists.add(one.id, [JUNO, "bluesky:bela"])
    people.lists.mark(one.id, [JUNO], note="newer words")
    sent = {
        "act": "write",
        "key-1": JUNO,
        **{"status-1": "agreed", "was-status-1": "found", "note-1": "", "was-note-1": ""},
        "key-2": "bluesky:bela",
        **{"status-2": "found", "was-status-2": "found", "note-2": "hi", "was-note-2": ""},
    }
    assert client.post(f"/lists/{one.id}/items", sent).status_code == 302
    juno, bela = people.lists.items(one.id)
    assert (juno.status, juno.note) == ("agreed", "newer words")
    assert (bela.status, bela.note) == ("found", "hi")


def test_the_ticked_are_marked_taken_off_and_put_back(client: Client, people: Any):
    one = people.lists.make("Bakers")
    people.lists.add(one.id, [JUNO, "bluesky:bela"])
    page = f"/lists/{one.id}/items"
    assert client.post(page, {"act": "off"}).status_code == 400
    client.post(page, {"act": "mark", "who": ["bluesky:bela"], "status": "agreed"})
    told = client.post(page, {"act": "off", "who": ["bluesky:bela"]})
    markup = client.get(told["Location"]).content.decode()
    assert "1 creator taken off." in words_of(markup).replace("\xa0", " ")
    client.post(f"/lists/{one.id}/back", {"who": ["bluesky:bela"]})
    assert [item.status for item in people.lists.items(one.id)] == ["found", "agreed"]
    told = client.post(page, {"act": "compare", "who": [JUNO, "bluesky:bela"]})
    assert told["Location"] == "/compare?c=bluesky%3Adid%3Aplc%3Ajuno&c=bluesky%3Abela"
    client.post(page, {"act": "add", "handles": f"{JUNO}, bluesky:bela"})
    refused = client.post(page, {"act": "add", "handles": "@nobody"})
    assert "'@nobody' is not known here" in words_of(refused.content.decode())


def test_a_list_is_renamed_taken_away_and_brought_back(client: Client, people: Any):
    told = client.post("/lists/make", {"name": "Bakers"})
    one = people.lists.all()[0]
    assert told["Location"] == f"/lists/{one.id}"
    assert client.post("/lists/make", {"name": "bakers"}).status_code == 400
    client.post(f"/lists/{one.id}/change", {"name": "Brewers", "statuses": "asked, yes"})
    assert people.lists.get(one.id).statuses == ("asked", "yes")
    refused = client.post(f"/lists/{one.id}/change", {"name": "x" * 90})
    assert refused.status_code == 400
    told = client.post(f"/lists/{one.id}/remove")
    assert "The list is taken away" in client.get(told["Location"]).content.decode()
    assert client.get(f"/lists/{one.id}").status_code == 404
    client.post(f"/lists/{one.id}/restore")
    assert people.lists.get("Brewers").id == one.id


def test_a_name_is_no_address(client: Client, people: Any):
    people.lists.make("bakers")
    assert client.get("/lists/bakers").status_code == 404


def test_a_link_shows_figures_to_whoever_has_it_until_it_ends(members: Any, people: Any):
    owned = people.of(members.olga.team.owner_key)
    one = owned.lists.make("Bakers", note="about the list")
    owned.lists.add(one.id, [JUNO], note="asks for flour", status="agreed")
    with time_machine.travel(NOW, tick=False) as clock:
        client = signed_in(members.olga)
        made = client.post(f"/lists/{one.id}/link", {"days": "7"})
        link = re.search(r'value="(http[^"]*/shared/[^"]*)"', made.content.decode()).group(1)
        path = html.unescape(link).removeprefix("http://testserver")
        seen = Client().get(path)
        text = words_of(seen.content.decode())
        assert "Juno Sauerteig" in text
        assert "ends on 30 Nov 2026" in text.replace("\xa0", " ")
        for hidden in ("asks for flour", "agreed", "about the list", "olga@"):
            assert hidden not in text
        assert seen["X-Robots-Tag"] == "noindex, nofollow, noarchive"
        assert seen["Cache-Control"] == "private, no-store"
        assert not seen.cookies
        assert Client().get(path[:-2]).status_code == 404
        client.post(f"/lists/{one.id}/link", {"days": "7", "notes": "yes"})
        assert Client().get(path).status_code == 404
        made = client.post(f"/lists/{one.id}/link", {"days": "7", "notes": "yes"})
        path = re.search(r'(/shared/[^"]*)"', made.content.decode()).group(1)
        assert "asks for flour" in words_of(Client().get(path).content.decode())
        clock.shift(7 * 86_400)
        assert Client().get(path).status_code == 404
        clock.shift(-86_400)
        assert Client().get(path).status_code == 200
        signed_in(members.olga).post(f"/lists/{one.id}/unlink")
        assert Client().get(path).status_code == 404


def test_who_may_not_be_shown_to_everybody_is_not_behind_a_link(
    client: Client, people: Any, cast: Any
):
    people.people[JUNO] = cast.creator(policy=0)
    one = people.lists.make("Bakers")
    people.lists.add(one.id, [JUNO])
    made = client.post(f"/lists/{one.id}/link", {"days": "30"}).content.decode()
    path = re.search(r'(/shared/[^"]*)"', made).group(1)
    text = words_of(client.get(path).content.decode())
    assert "Juno" not in text
    assert "1 more is not listed now, or may not be shown here" in text


def test_a_team_shares_its_lists_and_names_who_added(members: Any, people: Any):
    olga, tomas, vera = (signed_in(getattr(members, who)) for who in ("olga", "tomas", "vera"))
    olga.post("/lists/save", {"who": JUNO, "list": ""})
    one = people.of(members.olga.team.owner_key).lists.all()[0]
    markup = tomas.get(f"/lists/{one.id}").content.decode()
    assert "olga@rye.example" in markup
    sent = {"act": "mark", "who": [JUNO], "status": "agreed"}
    assert tomas.post(f"/lists/{one.id}/items", sent).status_code == 302
    assert "<option selected>agreed</option>" in olga.get(f"/lists/{one.id}").content.decode()
    assert vera.get(f"/lists/{one.id}").status_code == 404
    assert vera.post(f"/lists/{one.id}/items", sent).status_code == 404
    members.olga.name = ""
    members.olga.memberships.all().delete()
    assert "a former member" in tomas.get(f"/lists/{one.id}").content.decode()


def test_when_the_trial_is_over_lists_stay_and_searches_are_not_exported(members: Any, people: Any):
    ada = signed_in(members.ada)
    ada.post("/lists/save", {"who": JUNO, "list": ""})
    one = people.of(members.ada.team.owner_key).lists.all()[0]
    assert "Juno Sauerteig" in ada.get(f"/lists/{one.id}").content.decode()
    assert "Juno Sauerteig" in read(ada.get(f"/lists/{one.id}/export?format=csv"))
    closed = ada.get("/search/export?text=rye")
    assert closed.status_code == 403
    assert "Your lists, with their exports, stay open." in closed.content.decode()
    assert Client().get("/search/export?text=rye")["Location"].startswith("/login")


def test_files_are_named_and_not_kept(client: Client, people: Any, cast: Any):
    people.people[JUNO] = cast.creator(display_name="=cmd|' /C calc'!A0")
    one = people.lists.make("Bäckerei: Herbst")
    people.lists.add(one.id, [JUNO], note="@here")
    response = client.get(f"/lists/{one.id}/export")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    named = r'filename="influencr-backerei-herbst-[0-9-]+\.csv"'
    assert re.search(named, response["Content-Disposition"])
    assert response["Cache-Control"] == "private, no-store"
    text = read(response)
    assert "'=cmd|" in text
    assert ",'@here," in text
    assert client.get(f"/lists/{one.id}/export?format=xls").status_code == 400
    assert read(client.get("/search/export?text=rye&format=jsonl")).count("\n") == 2
    assert people.asked[-1].text == "rye"


def test_side_by_side_the_best_is_bold_and_the_unknown_said(client: Client, people: Any, cast: Any):
    people.people[JUNO] = cast.creator(engagement_rate=0.092)
    markup = client.get(f"/compare?c={JUNO}&c=bluesky:bela&text=rye").content.decode()
    text = words_of(markup)
    assert "2 creators side by side" in text
    assert "Nobody's followers are known one by one" in text
    assert "/why?text=rye&amp;who=" in markup
    assert "9.2 % (best of these)" in text.replace("\xa0", " ")
    assert text.count("best of these") == 1
    assert "unknown" in text
    redirected = client.get(f"/compare?text=rye&who={JUNO}&who=bluesky:bela")
    assert redirected["Location"] == (
        "/compare?c=bluesky%3Adid%3Aplc%3Ajuno&c=bluesky%3Abela&text=rye"
    )
    many = "&".join(f"c=x{i}" for i in range(7))
    refused = client.get(f"/compare?{many}")
    assert (refused.status_code, "at most 6" in refused.content.decode()) == (400, True)
    assert client.get("/compare?c=nobody").status_code == 400
    assert "Nobody is chosen yet" in client.get("/compare").content.decode()


def test_total_and_different_people_in_a_line(client: Client, people: Any, monkeypatch: Any):
    from types import SimpleNamespace

    from influencr.service.lists import reach

    reach.forget_reading()
    shared = ((100, 40), (40, 50))
    audience = SimpleNamespace(
        overlap=lambda ids: SimpleNamespace(
            ids=(JUNO, "bluesky:bela"),
            unknown=(),
            shared=shared,
            share=lambda i, j: shared[i][j] / shared[i][i],
        ),
        union=lambda ids: SimpleNamespace(total=150, unique=110, n_partial=0),
        of=lambda one: SimpleNamespace(n=100, reason=None),
    )
    monkeypatch.setattr(type(people), "audiences", lambda self: audience)
    asked = f"c={JUNO}&c=bluesky:bela"
    told = client.get(f"/compare/together?{asked}").json()
    assert told == {"text": "150 follows in total, 110 different people"}
    markup = client.get(f"/compare?{asked}").content.decode()
    assert "counts 1.36 times on average" in markup
    assert '<td class="ls-h5" title="40\xa0people follow both">40\xa0%</td>' in markup
    assert '<td class="ls-h6" title="40\xa0people follow both">80\xa0%</td>' in markup
