"""From events to a search: what is stored, what is brought in, who is taken out, and when."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import polars as pl
import pytest
from tests.unit.sources.bluesky.stream.conftest import did, post_uri

from influencr.engine import Engine
from influencr.errors import Busy, UnreadableInput
from influencr.pipeline import listening
from influencr.pipeline._durable import locked
from influencr.pipeline.listening import Heard, Pace, listen
from influencr.sources.bluesky.stream import Lot, Position, decode_v1, left, position

from .conftest import START, account, brute_force, found_in, minutes, written


class Told:
    """Frames that were all said already; stands for a reader."""

    def __init__(self, frames: Sequence[dict[str, Any]]) -> None:
        import json

        self._frames = [json.dumps(frame) for frame in frames]
        self.gaps: list[tuple[int, int]] = []
        self.bad = 0
        self.problem: str | None = None
        self.lines = 1

    def __call__(self, _position: Position) -> Self:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def take(self, timeout: float) -> Sequence[Lot]:
        frames, self._frames = self._frames, []
        events = [event for frame in frames for event in decode_v1(frame)]
        return [Lot("ws://told/subscribe", events)] if events else []


def hear(engine: Engine, *frames: dict[str, Any], **how: Any) -> Heard:
    return listen(
        engine.home,
        engine.catalogue,
        engine.index,
        Told(frames),
        seconds=0,
        pace=Pace(every=0.0),
        **how,
    )


def test_minutes_of_a_stream_are_what_a_person_would_read(village: Engine) -> None:
    frames = minutes(600)
    heard = hear(village, *frames)
    assert heard.events == 600
    assert found_in(village) == brute_force(frames)
    again = hear(village, *frames)
    assert sum(counts.new for counts in again.tables.values()) == 0
    assert found_in(village) == brute_force(frames)


def test_a_post_is_searchable_and_gone_when_deleted(village: Engine) -> None:
    made = written("ana", "feed.post", "3k1", {"text": "raku firing tonight"}, START + 1)
    heard = hear(village, made)
    assert (heard.brought_in, heard.waiting) == (1, 0)
    assert village.search("raku").total == 1
    hear(village, written("ana", "feed.post", "3k1", None, START + 2_000_000))
    assert village.search("raku").total == 0


def test_standing_takes_out_and_brings_back(village: Engine) -> None:
    hear(village, account("ana", "takendown", START + 1_000))
    assert village.search("potter").total == 4
    hear(village, account("ana", "active", START + 2_000))
    assert village.search("potter").total == 5


def test_whoever_declares_not_to_be_recommended_is_not_listed(village: Engine) -> None:
    said = {"hideFromAlgorithmicRecommendations": True}
    hear(village, written("ana", "actor.contentVisibilityDeclaration", "self", said, START + 9))
    assert village.search("potter").total == 4


def test_a_deleted_account_is_forgotten_everywhere(village: Engine) -> None:
    hear(
        village,
        written("ana", "feed.post", "3k1", {"text": "raku firing tonight"}, START + 1),
        written("zoe", "feed.like", "3k2", {"subject": {"uri": post_uri("ana", "3k1")}}, START + 2),
        written("zoe", "graph.follow", "3k3", {"subject": did("bob")}, START + 3),
    )
    heard = hear(village, account("ana", "deleted", START + 1_000_000))
    assert heard.forgotten == 1
    assert village.show("bluesky:@ana.example") is None
    packed = did("ana").removeprefix("did:plc:").encode()
    for file in village.home.path.rglob("*"):
        if file.is_file():
            assert packed not in file.read_bytes(), file
    # Nobody is brought back by what the stream repeats.
    hear(village, written("ana", "feed.post", "3k9", {"text": "again"}, START + 2_000_000))
    assert village.catalogue.scan("posts").collect().is_empty()


def test_what_a_stranger_did_goes_with_the_stranger(village: Engine) -> None:
    hear(
        village,
        written("zoe", "graph.follow", "3k1", {"subject": did("ana")}, START + 1),
        written("yan", "graph.follow", "3k2", {"subject": did("ana")}, START + 2),
        written("xia", "graph.follow", "3k3", {"subject": did("ana")}, START + 3),
    )

    def followers() -> set[str]:
        rows = village.catalogue.latest("follows").collect()["follower_id"].to_list()
        return {name for name in ("zoe", "yan", "xia") if f"bluesky:{did(name)}" in rows}

    heard = hear(
        village,
        account("zoe", "deleted", START + 1_000_000),
        account("yan", "suspended", START + 1_100_000),
        account("nobody", "deleted", START + 1_200_000),
    )
    assert heard.forgotten == 1
    assert followers() == {"xia"}
    hear(village, account("yan", "active", START + 1_300_000))
    assert followers() == {"yan", "xia"}
    # A row that only says how somebody stands makes nobody a creator.
    assert village.search("").total == 5
    village.refresh(force=True)
    assert village.search(everything=True).total == 5


def test_follows_and_reactions_wait_for_the_whole(
    village: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from influencr.pipeline import _update

    monkeypatch.setattr(_update, "ENOUGH", 1)
    monkeypatch.setattr(_update, "MAX_SHARE", 10.0)
    hear(
        village,
        written("zoe", "graph.follow", "3k1", {"subject": did("ana")}, START + 1),
        written("zoe", "feed.like", "3k2", {"subject": {"uri": post_uri("ana", "3k")}}, START + 2),
        written("ana", "feed.post", "3k3", {"text": "raku firing"}, START + 3),
    )
    done = village.refresh()
    assert done.updated is not None
    assert not done.judged
    village.catalogue.append(
        "follows",
        village.catalogue.scan("follows")
        .drop("content_hash")
        .with_columns(fetch_method=pl.lit("api"), follower_id=pl.lit("bluesky:did:plc:x"))
        .collect(),
    )
    assert village.refresh().judged


def test_a_judgement_under_way_delays_and_loses_nothing(
    village: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = written("ana", "feed.post", "3k1", {"text": "raku firing tonight"}, START + 1)
    with locked(village.home.judged, "test"):
        heard = hear(village, made, account("bob", "deleted", START + 2))
    assert (heard.waiting, heard.brought_in, heard.forgotten) == (2, 0, 0)
    file = village.home.sources / "bluesky.sqlite"
    assert len(left(file, "bring in")) == 2
    assert left(file, "forget") == [f"bluesky:{did('bob')}"]
    later = hear(village)
    assert (later.waiting, later.brought_in, later.forgotten) == (0, 1, 1)
    assert village.search("raku").total == 1
    assert village.show("bluesky:@bob.example") is None


def test_stopping_between_the_steps_repeats_and_doubles_nothing(
    village: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = minutes(200)

    class Stopped(BaseException):
        pass

    def stop(*_: Any, **__: Any) -> None:
        raise Stopped

    with monkeypatch.context() as patched:
        patched.setattr(listening._run, "bring_in", stop)
        with pytest.raises(Stopped):
            hear(village, *frames)
    with monkeypatch.context() as patched:
        patched.setattr("influencr.sources.bluesky.stream.Memory.commit", stop)
        with pytest.raises(Stopped):
            hear(village, *frames)
    hear(village, *frames)
    assert found_in(village) == brute_force(frames)


def test_position_counts_and_newcomers_are_kept(village: Engine) -> None:
    hear(
        village,
        written("zoe", "feed.post", "3k1", {"text": "I love RAKU"}, START + 1),
        written("ana", "feed.post", "3k2", {"text": "tea"}, START + 2),
        words=["raku"],
    )
    file = village.home.sources / "bluesky.sqlite"
    stands = position(file)
    assert stands is not None
    assert stands.cursors == {"ws://told/subscribe": START + 2}
    assert (stands.counts["commit"], stands.counts["kept"]) == (2, 1)
    assert left(file, "newcomer") == [f"bluesky:{did('zoe')}"]


def test_people_who_come_by_other_ways_are_listened_to(village: Engine) -> None:
    from influencr.pipeline.listening import Known

    known = Known(village.catalogue, gone=[f"bluesky:{did('bob')}"])
    assert did("ana") in known.dids
    assert did("bob") not in known.dids
    assert known.look() == 0
    row = village.catalogue.scan("profiles").head(1).drop("content_hash").collect()
    village.catalogue.append("profiles", row.with_columns(profile_id=pl.lit(f"bluesky:{did('x')}")))
    assert known.look() == 1
    known.leave([f"bluesky:{did('x')}"])
    assert did("x") not in known.dids


def test_it_stops_when_told(village: Engine) -> None:
    stop = threading.Event()
    told: list[Heard] = []

    def progress(heard: Heard) -> None:
        told.append(heard)
        stop.set()

    heard = listen(
        village.home,
        village.catalogue,
        village.index,
        Told(minutes(20)),
        stop=stop,
        pace=Pace(every=0.01),
        progress=progress,
    )
    assert heard.events == 20
    assert told


def test_busy_is_not_an_end(village: Engine, tmp_path: Path) -> None:
    assert issubclass(Busy, Exception)
    assert hear(village).events == 0


def test_a_cut_repository_is_read_whole(village: Engine) -> None:
    from tests.unit.sources.bluesky.stream.conftest import repository

    from influencr.sources.bluesky.stream import Memory

    about_bob = {"subject": {"uri": post_uri("bob", "3k0"), "cid": "bafy"}}
    hear(
        village,
        written("ana", "feed.post", "3k1", {"text": "raku firing"}, START + 1),
        written("ana", "feed.post", "3k2", {"text": "glaze recipes"}, START + 2),
        written("ana", "graph.follow", "3k3", {"subject": did("bob")}, START + 3),
        written("ana", "graph.follow", "3k4", {"subject": did("eve")}, START + 4),
        written("ana", "feed.like", "3k5", about_bob, START + 5),
        written("ana", "feed.repost", "3k6", about_bob, START + 6),
    )
    file = village.home.sources / "bluesky.sqlite"
    with Memory(file) as memory:
        names = [f"bluesky:{did(name)}" for name in ("ana", "dora")]
        memory.commit(None, left={"read whole": names})
    car = repository(
        "ana",
        {
            "app.bsky.feed.post/3k2": {"text": "glaze recipes"},
            "app.bsky.feed.post/3k9": {"text": "new kiln"},
            "app.bsky.graph.follow/3k3": {"subject": did("bob")},
            "app.bsky.feed.repost/3k6": about_bob,
            "app.bsky.actor.profile/self": {"description": "Potter in Porto, moved"},
        },
        at=90_000_000,
    )

    def repositories(asked: str) -> bytes:
        if asked != did("ana"):
            raise UnreadableInput("no such repository")
        return car

    listen(
        village.home,
        village.catalogue,
        village.index,
        Told([]),
        seconds=0,
        pace=Pace(every=0.0, look=0.0),
        repositories=repositories,
    )
    assert left(file, "read whole") == []
    assert left(file, "look again") == [f"bluesky:{did('dora')}"]
    found = found_in(village)
    assert {text for who, _, text, _ in found["posts"]} == {"glaze recipes", "new kiln"}
    assert found["follows"] == {(did("ana"), did("bob"))}
    assert {kind for _, _, kind, _ in found["engagements"]} == {"repost"}
    assert village.search("kiln").total == 1
    assert village.search("raku").total == 0
    assert village.search("moved").total == 1
