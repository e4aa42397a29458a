"""The run of any source: what it stores, notes and refuses; with a source of this test."""

from datetime import UTC, datetime

import pytest

from influencr.engine import Engine
from influencr.errors import UnknownValue, Unreachable
from influencr.pipeline.collecting import collectable, open_source, run
from influencr.records import Profile
from influencr.sources import Collectable, Found, Plan, Report, Wanted
from influencr.sources._frames import batches_of
from influencr.sources.http import State

AT = datetime(2026, 11, 1, tzinfo=UTC)


def person(number):
    return Profile(
        profile_id=f"plaza:{number}",
        platform="plaza",
        handle=f"p{number}",
        source="plaza",
        fetched_at=AT,
        fetch_method="api",
        licence="plaza-api",
    )


class Plaza:
    """Three batches; `fails` after the first of them."""

    name = "plaza"
    watch = None

    def __init__(self, fails=False):
        self.fails, self.marked = fails, 0

    @classmethod
    def open(cls, home, wanted, *, budget):
        return cls()

    def plan(self):
        return Plan(())

    def batches(self):
        for number in range(3):
            if self.fails and number:
                raise Unreachable("Plaza does not answer.")
            if self.watch:
                self.watch("search", number, 3)
            yield from batches_of([person(number)])
            self.marked += 1

    def report(self):
        return Report((Found("search", self.marked, self.marked),), finished=self.marked == 3)

    def close(self):
        pass


@pytest.fixture
def engine(tmp_path):
    with Engine(tmp_path / "home", create=True) as opened:
        yield opened


def kept(engine, name):
    with State(engine.home.sources / "plaza.sqlite") as state:
        return state.get(name)


def test_every_batch_is_stored_before_the_source_goes_on(engine):
    source = Plaza()
    assert isinstance(source, Collectable)
    told = []
    ran = run(engine.home, engine.catalogue, source, progress=lambda *now: told.append(now))
    assert ran.collected.n_new == 3
    assert ran.report.finished
    assert told == [("collect", n, 3) for n in range(3)]
    last = kept(engine, "last_run")
    assert (last["command"], last["calls"], last["finished"]) == ("collect", 3, True)
    assert kept(engine, "last_error") is None


def test_what_went_wrong_is_noted_and_what_was_stored_stays(engine):
    with pytest.raises(Unreachable):
        run(engine.home, engine.catalogue, Plaza(fails=True))
    assert engine.catalogue.latest("profiles").collect()["profile_id"].to_list() == ["plaza:0"]
    assert kept(engine, "last_error")["says"] == "Plaza does not answer."
    assert kept(engine, "last_run")["finished"] is False
    ran = run(engine.home, engine.catalogue, Plaza())
    assert (ran.collected.tables["profiles"].new, ran.collected.tables["profiles"].unchanged) == (
        2,
        1,
    )


def test_sources_that_cannot_be_asked_are_not_offered(engine):
    assert "bluesky" in collectable()
    assert not {"files", "synthetic"} & set(collectable())
    for name in ("files", "blusky"):
        with pytest.raises(UnknownValue, match="bluesky"):
            open_source(engine.home, name, Wanted(words="x"), budget=None)
