"""What ran out is gone from every answer at the next question, and from disk with it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from influencr.engine import Engine
from influencr.pipeline import _expire
from influencr.search import Query

from .conftest import NOW, post, profile, put


def channel(name: str, **fields):
    """A YouTube channel as the API source stores it, kept for ten days from now."""
    return profile(
        name,
        platform="youtube",
        source="youtube",
        licence="youtube-api",
        policy=5,
        expires_at=datetime.now(UTC) + timedelta(days=10),
        **fields,
    )


@pytest.fixture
def channels(engine: Engine) -> Engine:
    put(
        engine,
        "profiles",
        [
            channel("ana", bio_text="Secretword bakes in Lyon"),
            channel("bea", bio_text="Secretword bakes in Paris"),
            profile("cy", bio_text="bakes in Nice"),
        ],
    )
    put(
        engine,
        "posts",
        [
            post(
                1,
                "bea",
                platform="youtube",
                text="Oldword about bread",
                policy=5,
                expires_at=datetime.now(UTC) + timedelta(days=5),
            )
        ],
    )
    engine.refresh()
    return engine


def below(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file())


def test_they_leave_at_the_next_question_without_a_refresh(channels, ahead, tmp_path):
    assert channels.search("bakes").total == 3
    ahead(11)
    assert [h.handle for h in channels.search("bakes").hits] == ["cy"]
    assert channels.show("youtube:@ana") is None
    channels.export(Query(everything=True), tmp_path / "all.jsonl")
    assert "Secretword" not in (tmp_path / "all.jsonl").read_text(encoding="utf-8")
    status = channels.status()
    assert status["index"]["n_creators"] == 1
    channels.close()
    assert b"Secretword" not in below(channels.home.catalogue)
    assert b"Secretword" not in below(channels.home.judged)


def test_a_post_that_ran_out_is_no_reason_any_more(channels, ahead):
    assert channels.search("oldword").total == 1
    ahead(6)
    assert channels.search("oldword").total == 0
    assert channels.search("bakes").total == 3


def test_show_and_vet_ask_too(channels, ahead):
    ahead(11)
    assert channels.show("youtube:@ana") is None
    assert [v.profile_id for v in channels.vet()] == ["tiktok:id-cy"]


def test_who_was_asked_for_again_in_time_stays(channels, ahead):
    put(
        channels,
        "profiles",
        [
            channel("ana", bio_text="bakes anew", fetched_at=NOW + timedelta(days=7))
            | {"expires_at": datetime.now(UTC) + timedelta(days=37)}
        ],
    )
    channels.refresh()
    ahead(11)
    assert {h.handle for h in channels.search("bakes").hits} == {"ana", "cy"}
    assert channels.search("secretword").total == 0


def test_a_refresh_drops_what_ran_out_and_then_has_nothing_to_do(channels, ahead):
    ahead(11)
    first = channels.refresh()
    assert first.judged
    assert first.n_searchable == 1
    again = channels.refresh()
    assert not again.judged
    assert again.updated is None
    channels.close()
    assert b"Secretword" not in below(channels.home.catalogue)


def test_killed_before_the_note_it_is_done_by_the_next_question(channels, ahead, monkeypatch):
    ahead(11)
    with monkeypatch.context() as broken:
        broken.setattr(_expire, "note_expiry", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            channels.search("bakes")
    assert channels.search("bakes").total == 1
    assert _expire.next_expiry(channels.home.judged) is None


def test_nothing_is_asked_of_a_home_where_nothing_ends(village, monkeypatch):
    village.refresh()
    monkeypatch.setattr("influencr.pipeline._expire.let_expire", None)
    assert village.search("bread").total == 1
