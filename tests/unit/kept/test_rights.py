from datetime import UTC, datetime, timedelta

import pytest

from influencr.errors import HomeError
from influencr.kept import RIGHTS_FILE, Rights

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def rights(tmp_path):
    return Rights(tmp_path)


def test_asking_makes_no_file(rights, tmp_path):
    assert rights.statements() == []
    assert rights.cases() == []
    assert rights.departures() == []
    assert rights.forget(["tiktok:@ana"]) == 0
    assert not (tmp_path / RIGHTS_FILE).exists()


def test_a_statement_replaces_the_last_one_and_can_be_taken_back(rights):
    rights.say("tiktok:@ana", "place", {"place_id": 1}, proven_at=NOW, way="dns")
    rights.say("tiktok:@ana", "place", {"place_id": 2}, proven_at=NOW, way="dns")
    (one,) = rights.statements("tiktok:@ana")
    assert (one.value, one.way, one.proven_at) == ({"place_id": 2}, "dns", NOW)
    rights.say("tiktok:@ana", "place", None, proven_at=NOW, way="dns")
    assert rights.statements() == []
    assert [waiting.value for waiting in rights.to_apply()] == [None]


def test_what_is_changed_while_it_is_brought_in_waits_again(rights):
    rights.say("tiktok:@ana", "topics", ["art"], proven_at=NOW, way="bio")
    waiting = rights.to_apply()
    rights.say("tiktok:@ana", "topics", ["dance"], proven_at=NOW, way="bio")
    rights.applied(waiting)
    assert [one.value for one in rights.to_apply()] == [["dance"]]
    rights.applied(rights.to_apply())
    assert rights.to_apply() == []
    assert len(rights.to_apply(datetime.now(UTC) - timedelta(minutes=1))) == 1


def test_a_case_is_opened_answered_and_withdrawn(rights):
    case = rights.open_case("contest", "tiktok:@ana", "tiktok:@ana", "no", about="verdict")
    assert case.state == "open"
    assert rights.answer(case.number, "yes")
    assert rights.case(case.number).state == "answered"
    assert not rights.withdraw(case.number, "tiktok:@bob")
    assert rights.withdraw(case.number, "tiktok:@ana")
    assert rights.case(case.number).state == "withdrawn"
    assert rights.case(case.number).text == ""
    assert not rights.answer(99, "nobody")


def test_who_leaves_leaves_no_byte(rights, tmp_path):
    rights.say("bluesky:did:plc:ANA", "topics", ["art"], proven_at=NOW, way="bio")
    rights.open_case("help", "bluesky:did:plc:ANA", "bluesky:@ana.example", "secret words")
    departure = rights.depart("bluesky:did:plc:ANA", reason="opt_out", way="bio")
    assert rights.forget(["bluesky:did:plc:ana", "bluesky:@ana.example"]) == 2
    rights.departed(departure.number)
    content = (tmp_path / RIGHTS_FILE).read_bytes()
    assert b"did:plc" not in content
    assert b"ana.example" not in content
    assert b"secret words" not in content
    (gone,) = rights.departures()
    assert gone.profile_id is None
    assert gone.seconds is not None


def test_asking_twice_to_leave_is_one_wish(rights):
    first = rights.depart("tiktok:@ana", reason="opt_out", way="bio")
    assert rights.depart("tiktok:@ana", reason="opt_out", way="dns") == first
    assert rights.leaving() == [first]


def test_a_newer_file_is_refused(rights, tmp_path):
    import sqlite3

    rights.removed(NOW, reason="operator", n=1)
    base = sqlite3.connect(tmp_path / RIGHTS_FILE)
    base.execute("PRAGMA user_version = 99")
    base.close()
    with pytest.raises(HomeError, match="newer influencr"):
        rights.cases()
