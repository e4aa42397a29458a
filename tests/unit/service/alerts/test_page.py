"""The page of alerts: what it says, what is unread, what is muted, and for whom."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client
from tests.standins.members import signed_in

from influencr.errors import UsageError
from influencr.search._saved import SavedSearch
from influencr.service.alerts import reading
from influencr.service.alerts.models import Digest, Reading

POSTED = {"activity": "active", "last_post": "2026-07-28T00:00:00+00:00"}
SILENT = ("bluesky:1", "silent", POSTED, {**POSTED, "activity": "dormant"})
NEW = ("bluesky:1", "new", None, {"followers": 900, "verdict": "vetted"})
BATCH = {
    "family": "C",
    "members": 180,
    "from": "2026-11-02T00:00:00+00:00",
    "to": "2026-11-03T00:00:00+00:00",
}
VERDICT = (
    "bluesky:1",
    "verdict",
    {"verdict": "vetted", "bought": [0.0, 0.02]},
    {"verdict": "looks_inflated", "bought": [0.21, 0.34]},
)


@pytest.fixture
def olga(members: Any) -> Client:
    return signed_in(members.olga)


def text(client: Client, path: str = "/alerts") -> str:
    response = client.get(path)
    assert response.status_code == 200
    return " ".join(response.content.decode().replace("\xa0", " ").split())


def saved(engine: Any, team: Any, name: str = "Vegan") -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    search = SavedSearch(name=name, query={"text": "vegan"}, saved_at=at, seen_at=None)
    engine.of(team.owner_key).saved.kept[name.lower()] = search


def test_nothing_yet_says_how_to_begin(olga: Client):
    page = text(olga)
    assert "Nothing is watched yet." in page
    assert 'class="told-n"' not in page


def test_each_kind_says_what_was_and_what_is_with_its_evidence(
    olga: Client, members: Any, engine: Any, juno: Any, tell: Any
):
    saved(engine, members.olga.team)
    tell(members.olga.team, SILENT, VERDICT, ("bluesky:1", "batch", 1, BATCH))
    tell(members.olga.team, NEW, ("", "more", None, None, 7), kind="search", key="vegan")
    page = text(olga)
    assert "Juno</bdi></a> has fallen silent" in page
    assert "Active, last post 28 Jul 2026" in page
    assert "Dormant, last post 28 Jul 2026" in page
    assert "21–34 % of followers look bought" in page
    assert "1 such batch" in page
    assert "180 followers between 2 Nov 2026 and 3 Nov 2026" in page
    assert "/c/bluesky/juno.example#tests" in page
    assert "/c/bluesky/juno.example#vetting" in page
    assert "/why?text=vegan&amp;who=bluesky%3A1" in page
    assert "7 more are new" in page
    assert "Today" in page
    assert "5 unread." in page
    assert '<span class="told-n">5' in page


def test_reading_is_each_members_own_and_only_what_was_shown_counts(
    olga: Client, members: Any, juno: Any, tell: Any
):
    kept = tell(members.olga.team, SILENT)
    first = kept.newest()
    tell(members.olga.team, VERDICT)
    assert olga.post("/alerts/read", {"upto": first}).status_code == 302
    assert "1 unread." in text(olga)
    olga.post("/alerts/read", {"upto": "999999"})
    assert "All read." in text(olga)
    assert Reading.objects.get().read_to == kept.newest()
    olga.post("/alerts/read", {"upto": first})
    assert "All read." in text(olga)
    assert "2 unread." in text(signed_in(members.tomas))
    assert olga.post("/alerts/read", {"upto": "-1"}).status_code == 400


def test_another_team_sees_and_changes_nothing(members: Any, juno: Any, tell: Any, engine: Any):
    kept = tell(members.olga.team, SILENT)
    vera = signed_in(members.vera)
    assert "Juno" not in text(vera)
    assert vera.post("/alerts/hush", {"who": "bluesky:1", "on": "on"}).status_code == 400
    sent = {"kind": "list", "key": "l1", "on": "on"}
    assert vera.post("/alerts/mute", sent).status_code == 400
    assert kept.hushed() == []
    assert kept.watches()[0].muted_at is None


def test_a_muted_creator_disappears_and_comes_back(
    olga: Client, members: Any, juno: Any, tell: Any
):
    tell(members.olga.team, SILENT)
    response = olga.post("/alerts/hush", {"who": "bluesky:1", "on": "on"}, follow=True)
    page = response.content.decode()
    assert "Nothing more is told of Juno." in page
    assert "has fallen silent" not in page
    assert "Muted creators" in page
    assert 'class="told-n"' not in page
    olga.post("/alerts/hush", {"who": "bluesky:1", "on": "off"})
    assert "has fallen silent" in text(olga)


def test_a_search_is_watched_muted_and_let_go(olga: Client, members: Any, engine: Any):
    saved(engine, members.olga.team)
    kept = engine.of(members.olga.team.owner_key).alerts.kept
    assert "Add alert" in text(olga)
    olga.post("/alerts/watch", {"name": "Vegan", "on": "on"})
    assert [w.key for w in kept.watches()] == ["vegan"]
    assert Digest.objects.get(user=members.olga).every == "daily"
    olga.post("/alerts/mute", {"kind": "search", "key": "vegan", "on": "on"})
    assert "Unmute<" in text(olga)
    olga.post("/alerts/watch", {"name": "Vegan", "on": "off"})
    assert kept.watches() == []
    assert olga.post("/alerts/watch", {"name": "Vegan", "on": "maybe"}).status_code == 400


def test_how_often_mail_comes_is_kept_and_a_first_alert_does_not_overrule_it(
    olga: Client, members: Any, engine: Any
):
    saved(engine, members.olga.team)
    olga.post("/alerts/mail", {"every": "off"})
    olga.post("/alerts/watch", {"name": "Vegan", "on": "on"})
    assert reading.mails(members.olga) == "off"
    with time_machine.travel(datetime(2026, 11, 25, 5, 30, tzinfo=UTC), tick=False):
        olga.post("/alerts/mail", {"every": "weekly"})
    one = Digest.objects.get()
    assert (one.every, one.due_at) == ("weekly", datetime(2026, 11, 30, 6, tzinfo=UTC))
    assert one.site == "http://testserver"
    assert olga.post("/alerts/mail", {"every": "hourly"}).status_code == 400


def test_a_closed_team_is_told_how_many_wait_and_sees_what_was_told(
    members: Any, engine: Any, juno: Any, tell: Any
):
    ada = members.ada
    saved(engine, ada.team)
    kept = tell(ada.team, SILENT)
    kept.watch("search", "vegan")
    (watch,) = [w for w in kept.watches() if w.kind == "search"]
    kept.waits(watch, generation=1, n=3)
    page = text(signed_in(ada))
    assert "<b>3 new creators wait</b> in “<bdi>Vegan</bdi>”" in page
    assert "has fallen silent" in page
    assert "Open the search again" in page


def test_somebody_of_whom_nothing_is_known_any_more_has_no_line(
    olga: Client, members: Any, engine: Any, juno: Any, tell: Any
):
    tell(members.olga.team, SILENT, ("bluesky:2", "unlisted", None, None))
    engine.people["bluesky:2"] = {
        "profile_id": "bluesky:2",
        "platform": "bluesky",
        "handle": "gone.example",
        "indexed": False,
        "why_not": "no longer public",
    }
    assert "@gone.example" in text(olga)
    del engine.people["bluesky:2"]
    page = text(olga)
    assert "@gone.example" not in page
    assert "has fallen silent" in page


def test_older_alerts_are_on_further_pages(olga: Client, members: Any, juno: Any, tell: Any):
    kept = tell(members.olga.team, *[SILENT] * 60)
    page = text(olga)
    assert page.count("has fallen silent") == 50
    numbers = sorted(one.number for one in kept.told())
    assert f"?before={numbers[10]}" in page
    assert text(olga, f"/alerts?before={numbers[10]}").count("has fallen silent") == 10
    assert "Nothing older is kept." in text(olga, "/alerts?before=1")
    assert text(olga, "/alerts?before=x").count("has fallen silent") == 50


def test_saving_a_search_with_alert(olga: Client, members: Any, engine: Any, monkeypatch: Any):
    owned = engine.of(members.olga.team.owner_key)
    kept = owned.alerts.kept
    page = text(olga, "/search?text=rye")
    assert "Save search with alert" in page
    sent = {"name": "Rye", "query": "text=rye"}
    olga.post("/saved/keep", {**sent, "alert": "yes"})
    assert [w.key for w in kept.watches()] == ["rye"]
    assert reading.mails(members.olga) == "daily"
    monkeypatch.setattr(
        type(owned.saved), "get", lambda self, name: SimpleNamespace(name="Rye", query={})
    )
    olga.post("/saved/keep", {**sent, "replace": "yes"})
    assert kept.watches() == []
    owned.alerts.refusal = UsageError("Rye: 2,000,000 creators are too many.", field="name")
    answer = olga.post("/saved/keep", {**sent, "alert": "yes", "replace": "yes"})
    assert answer.status_code == 302
    assert "It has no alert: Rye: 2,000,000 creators are too many." in text(olga, "/account")


def test_an_open_instance_saves_without_alert_and_has_no_page(engine: Any):
    client = Client()
    assert "with alert" not in client.get("/search?text=rye").content.decode()
    assert client.get("/alerts").status_code == 404
