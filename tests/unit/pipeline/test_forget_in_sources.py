"""Somebody leaves: nothing that names them stays in what sources remember."""

from pathlib import Path

import pytest

from influencr import sources
from influencr.engine import Engine
from influencr.pipeline import _forget
from influencr.sources.http import State

from .conftest import profile, put

ANA = "UC0123456789012345678901"


def below(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in folder.iterdir() if p.is_file())


@pytest.fixture
def remembered(engine: Engine) -> Engine:
    """Ana on YouTube, known by id and handle, in the marks and values of every kind of source."""
    put(
        engine,
        "profiles",
        [
            {**profile("ana.bakes", platform="youtube"), "profile_id": f"youtube:{ANA}"},
            profile("bob", platform="youtube"),
        ],
    )
    engine.refresh()
    for name in ("youtube", "instagram", "bluesky", "mastodon", "elsewhere"):
        with State(engine.home.sources / f"{name}.sqlite") as state:
            state.mark("looked at", ANA, "id-bob", "handle ana.bakes")
            state.mark("found by search", f"{ANA} 3", "ana.bakesmore")
            state.put("pages", {"q=ana.bakes": "token", "q=bread": "token"})
            state.put(f"channel {ANA}", [1.0, {"title": "Ana"}, None])
            state.put("seen", [f"youtube:{ANA}", "youtube:id-bob"])
    return engine


def test_by_id_and_by_handle_in_marks_and_values(remembered: Engine) -> None:
    remembered.forget(["youtube:@ana.bakes"])
    with State(remembered.home.sources / "youtube.sqlite") as state:
        assert state.done("looked at") == {"id-bob"}
        assert state.done("found by search") == {"ana.bakesmore"}
        assert state.get("pages") == {"q=bread": "token"}
        assert state.get("seen") == ["youtube:id-bob"]
        assert state.names("channel ") == []
    held = (remembered.home.sources / "youtube.sqlite").read_bytes()
    assert ANA.encode() not in held
    assert b"handle ana.bakes" not in held


def test_others_of_that_name_elsewhere_are_others(remembered: Engine) -> None:
    remembered.forget(["youtube:@ana.bakes"])
    with State(remembered.home.sources / "instagram.sqlite") as state:
        assert "handle ana.bakes" in state.done("looked at")


def test_a_source_that_keeps_tables_of_its_own_is_asked(remembered, monkeypatch) -> None:
    asked: list[list[str]] = []

    class Outside:
        @classmethod
        def forget(cls, home, names):
            asked.append(sorted(names))
            return 1

    monkeypatch.setattr(sources, "installed", lambda: {"outside": None})
    monkeypatch.setattr(sources, "load", lambda name: Outside)
    remembered.forget(["youtube:@ana.bakes"])
    assert len(asked) == 1
    assert {"youtube:@ana.bakes", f"youtube:{ANA}"} <= set(asked[0])


def test_stopped_on_the_way_it_is_completed_by_the_next_refresh(remembered, monkeypatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(
            _forget, "forget_in_sources", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)
        )
        with pytest.raises(KeyboardInterrupt):
            remembered.forget(["youtube:@ana.bakes"])
    assert ANA.encode() in below(remembered.home.sources)
    remembered.refresh()
    assert ANA.encode() not in (remembered.home.sources / "youtube.sqlite").read_bytes()


def test_while_another_process_has_the_file_open(remembered: Engine) -> None:
    file = remembered.home.sources / "youtube.sqlite"
    with State(file) as other:
        assert ANA in other.done("looked at")
        remembered.forget([f"youtube:{ANA}"])
        held = b"".join(p.read_bytes() for p in file.parent.glob("youtube.sqlite*"))
        assert ANA.encode() not in held
        assert other.done("looked at") == {"id-bob"}


def test_who_left_and_is_found_anew_leaves_again(remembered: Engine) -> None:
    remembered.forget(["youtube:@ana.bakes"])
    file = remembered.home.sources / "youtube.sqlite"
    with State(file) as state:
        state.mark("found by search", ANA, "id-bob")
    home, catalogue = remembered.home, remembered.catalogue
    assert _forget.forget_found_again(home, catalogue, "youtube") == 1
    assert ANA.encode() not in file.read_bytes()
    with State(file) as state:
        assert "id-bob" in state.done("found by search")
    assert _forget.forget_found_again(home, catalogue, "youtube") == 0
    assert _forget.forget_found_again(home, catalogue, "nowhere") == 0
