"""What is told of saved searches and lists after the data changed: once, and to whom it belongs."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from influencr.engine import Engine
from influencr.engine._alerts import NAMED, _changes
from influencr.errors import UnknownValue, UsageError
from influencr.search import make_query

COLUMNS = ["username", "full_name", "biography", "followers_count", "country", "city"]
ADA = ("ada", "Ada Ferment", "Vegan baking in Berlin, I answer", 5200, "DE", "Berlin")
BELA = ("bela", "Bela Ofen", "Backen ohne Ei. vegan, saisonal", 12800, "DE", "Potsdam")
CLEO = ("cleo", "Cleo Four", "vegan bread of Lyon", 900, "FR", "Lyon")


class Town:
    """A home to which people come and go."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.engine = Engine(folder / "home", create=True)
        self.n = 0

    def come(self, *people: tuple[Any, ...]) -> None:
        self.n += 1
        file = self.folder / f"people{self.n}.csv"
        with file.open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened).writerows([COLUMNS, *people])
        self.engine.import_files([file], licence="invented", platform="instagram")
        self.engine.refresh()

    def of(self, team: str) -> Any:
        return self.engine.of(f"team:{team}")


@pytest.fixture
def town(tmp_path: Path) -> Any:
    made = Town(tmp_path)
    made.come(ADA, BELA)
    yield made
    made.engine.close()


def told(owned: Any) -> list[tuple[str, str]]:
    alerts = owned.alerts.kept.told()
    return [(one.profile_id.rpartition(":")[2], one.what) for one in alerts]


def saved(owned: Any, name: str = "Vegan", **asks: Any) -> Any:
    owned.saved.save(name, make_query(**(asks or {"text": "vegan"})))
    owned.alerts.watch(name)
    return owned


def test_a_saved_search_tells_whom_it_finds_anew_and_tells_it_once(town: Town):
    one, other = saved(town.of("1")), town.of("2")
    assert one.alerts.look() == 0
    assert told(one) == []
    town.come(CLEO)
    assert one.alerts.look() == 1
    assert one.alerts.look() == 0
    (alert,) = one.alerts.kept.told()
    assert (alert.kind, alert.key, alert.what) == ("search", "vegan", "new")
    assert alert.profile_id == "instagram:@cleo"
    assert alert.before is None
    assert alert.after == {"followers": 900, "verdict": "unknown"}
    assert alert.as_of is not None
    assert other.alerts.look() == 0
    assert told(other) == []
    # Judging everybody anew makes nobody new.
    town.engine.refresh(force=True)
    assert one.alerts.look() == 0


def test_a_search_of_many_is_read_by_the_next_look(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("influencr.engine._alerts.AT_ONCE", 1)
    one = saved(town.of("1"))
    assert one.alerts.kept.watches()[0].looked_at is None
    assert one.alerts.look() == 0
    town.come(CLEO)
    assert one.alerts.look() == 1


def test_a_search_of_too_many_has_no_alert(town: Town, monkeypatch: pytest.MonkeyPatch):
    one = town.of("1")
    monkeypatch.setattr("influencr.search._saved.MAX_SEEN", 1)
    with pytest.raises(UsageError, match="too many to tell"):
        saved(one)
    assert one.alerts.kept.watches() == []
    monkeypatch.undo()
    one.alerts.watch("Vegan")
    town.come(CLEO)
    monkeypatch.setattr("influencr.search._saved.MAX_SEEN", 0)
    assert one.alerts.look() == one.alerts.look() == 0
    assert "too many to tell" in one.alerts.kept.watches()[0].problem
    monkeypatch.undo()
    town.come(("dora", "Dora", "vegan cakes", 700, "FR", "Lyon"))
    assert one.alerts.look() == 2
    assert one.alerts.kept.watches()[0].problem == ""


def test_of_two_who_look_at_once_one_tells(town: Town):
    one = saved(town.of("1"))
    (watch,) = one.alerts.kept.watches()
    town.come(CLEO)
    snapshot, search = one.index.snapshot(), one.saved.get("Vegan")
    assert one.alerts._search(watch, search, snapshot, closed=False) == 1
    assert one.alerts._search(watch, search, snapshot, closed=False) == 0
    assert told(one) == [("@cleo", "new")]


def test_a_look_that_is_cut_off_tells_everything_at_the_next(town: Town):
    one = saved(saved(town.of("1")), "France", country=["FR"])
    town.come(CLEO)

    class Cut(Exception):
        pass

    seen = []

    def between() -> None:
        seen.append(1)
        if len(seen) == 2:
            raise Cut

    with pytest.raises(Cut):
        one.alerts.look(between=between)
    assert len(told(one)) == 1
    assert one.alerts.look() == 1
    assert one.alerts.look() == 0
    assert sorted(told(one)) == [("@cleo", "new")] * 2


def test_while_the_search_is_closed_new_ones_are_counted_and_told_when_it_opens(town: Town):
    one = saved(town.of("1"))
    town.come(CLEO)
    assert one.alerts.look(closed=True) == 0
    assert one.alerts.look(closed=True) == 0
    assert told(one) == []
    assert one.alerts.kept.watches()[0].waiting == 1
    assert one.alerts.look() == 1
    assert told(one) == [("@cleo", "new")]
    assert one.alerts.kept.watches()[0].waiting == 0


def test_who_left_is_in_no_alert_and_in_no_memory(town: Town):
    one = saved(town.of("1"))
    town.come(CLEO)
    one.alerts.look()
    one.alerts.kept.hush("instagram:@cleo", on=True)
    town.engine.forget(["instagram:@cleo"])
    assert told(one) == []
    assert one.alerts.kept.hushed() == []
    file = (town.folder / "home" / "kept.sqlite").read_bytes()
    assert b"@cleo" not in file
    assert one.alerts.look() == 0


def test_muted_creators_and_searches_tell_nothing_and_make_no_flood_later(town: Town):
    one = saved(town.of("1"))
    kept = one.alerts.kept
    town.come(CLEO)
    one.alerts.look()
    kept.hush("instagram:@cleo", on=True)
    assert (told(one), kept.n_told()) == ([], 0)
    kept.hush("instagram:@cleo", on=False)
    assert kept.n_told() == 1
    kept.mute("search", "vegan", on=True)
    town.come(("dora", "Dora", "vegan cakes", 700, "FR", "Lyon"))
    assert one.alerts.look() == 0
    kept.mute("search", "vegan", on=False)
    town.come(("emil", "Emil", "vegan rye", 700, "FR", "Lyon"))
    assert one.alerts.look() == 1
    assert told(one)[0] == ("@emil", "new")


def test_many_at_once_are_named_up_to_a_number_and_the_rest_counted(town: Town):
    one = saved(town.of("1"))
    town.come(*((f"v{i}", f"V {i}", "vegan", 100 + i, "FR", "Lyon") for i in range(NAMED + 7)))
    one.alerts.look()
    found = one.alerts.kept.told(limit=NAMED + 7)
    assert len(found) == NAMED + 1
    assert (found[-1].what, found[-1].n) == ("more", 7)


def test_another_search_of_the_same_name_begins_anew(town: Town):
    one = saved(town.of("1"), text="rye")
    one.saved.save("Vegan", make_query(text="vegan"))
    assert one.alerts.look() == 0
    town.come(CLEO)
    assert one.alerts.look() == 1


def test_what_is_not_kept_any_more_tells_nothing_and_its_news_go(town: Town):
    one = saved(town.of("1"))
    with pytest.raises(UnknownValue):
        one.alerts.watch("Rye")
    town.come(CLEO)
    one.alerts.look()
    one.saved.remove("Vegan")
    one.alerts.look()
    assert (told(one), one.alerts.kept.watches()) == ([], [])
    saved(one)
    one.drop()
    assert one.alerts.kept.watches() == []


def test_who_is_on_a_list_and_listed_no_more(town: Town):
    one = town.of("1")
    made = one.lists.make("Bakers", by="user:1")
    one.lists.add(made.id, ["@ada", "@bela"], by="user:1")
    assert one.alerts.look() == 0
    assert town.engine.watching() == ["team:1"]
    (watch,) = one.alerts.kept.watches()
    state = one.alerts.kept.known(watch)["instagram:@ada"]
    assert state["listed"]
    # A state as an earlier index said it: everything that differs now is told.
    earlier = {**state, "verdict": "vetted", "activity": "dormant"}
    one.alerts.kept.looked(
        watch,
        asks=b"",
        generation=watch.generation - 1,
        as_of=watch.as_of,
        came={"instagram:@ada": earlier},
    )
    assert one.alerts.look() == 1
    (alert,) = one.alerts.kept.told()
    assert (alert.what, alert.before["verdict"], alert.after["verdict"]) == (
        "verdict",
        "vetted",
        "unknown",
    )
    one.lists.take_off(made.id, ["@bela"])
    one.alerts.look()
    (watch,) = one.alerts.kept.watches()
    assert list(one.alerts.kept.known(watch)) == ["instagram:@ada"]


QUIET = {
    "listed": True,
    "activity": "active",
    "last_post": "2026-08-01T00:00:00+00:00",
    "verdict": "vetted",
    "bought": [0.0, 0.02],
    "batches": [],
}
BATCH = {
    "family": "C",
    "members": 180,
    "from": "2026-11-02T00:00:00+00:00",
    "to": "2026-11-03T12:00:00+00:00",
}


def whats(was: dict[str, Any], **now: Any) -> list[str]:
    return [what for what, _, _ in _changes(was, {**was, **now})]


def test_what_is_a_change_and_what_is_none():
    assert whats(QUIET) == []
    assert whats(QUIET, activity="quiet") == []
    assert whats(QUIET, activity="unknown") == []
    assert whats(QUIET, activity="dormant") == ["silent"]
    assert whats({**QUIET, "activity": "dormant"}, activity="active") == ["again"]
    assert whats(QUIET, verdict="looks_inflated", batches=[BATCH]) == ["verdict", "batch"]
    assert whats(QUIET, listed=False) == ["unlisted"]
    assert whats({**QUIET, "listed": False}, listed=False) == []
    assert whats({"listed": False}, **QUIET) == []


def test_one_batch_is_told_once_however_many_tests_find_it_and_wherever_its_edges_are():
    other_test = {**BATCH, "family": "B", "from": "2026-11-01T06:00:00+00:00"}
    assert whats(QUIET, batches=[BATCH, other_test]) == ["batch"]
    had = {**QUIET, "batches": [BATCH]}
    assert whats(had, batches=[other_test]) == []
    later = {**BATCH, "from": "2026-11-20T00:00:00+00:00", "to": "2026-11-21T00:00:00+00:00"}
    assert whats(had, batches=[BATCH, later]) == ["batch"]
    undated = {**BATCH, "family": "G", "from": None, "to": None}
    assert whats(had, batches=[BATCH, undated]) == ["batch"]
    assert whats({**QUIET, "batches": [undated]}, batches=[undated]) == []
