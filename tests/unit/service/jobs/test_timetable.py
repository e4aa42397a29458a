"""Periodic work: due once, made up once, never twice at the same time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from tests.standins import tasks

from influencr.service.jobs import timetable
from influencr.service.jobs.entry import Entry
from influencr.service.jobs.models import Due
from influencr.service.jobs.overview import overview
from influencr.service.jobs.worker import Worker

BEGIN = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOURLY = Entry("hourly", timedelta(hours=1), "tests.standins.tasks.periodic")


@pytest.fixture(autouse=True)
def hourly(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks.DONE.clear()
    monkeypatch.setattr(timetable, "entries", lambda: (HOURLY,))


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(BEGIN, tick=False) as travelling:
        yield travelling


def test_it_runs_at_once_and_then_every_hour_and_a_missed_run_is_made_up_once(clock: Any):
    assert overview().entries[0].state == "never"
    assert Worker().drain() == 1
    assert Worker().drain() == 0
    clock.shift(timedelta(minutes=59))
    assert Worker().drain() == 0
    clock.shift(timedelta(minutes=1))
    assert Worker().drain() == 1
    clock.shift(timedelta(hours=7, minutes=20))
    assert Worker().drain() == 1
    # It keeps to its minute, so that hours do not wander.
    assert Due.objects.get().due_at == BEGIN + timedelta(hours=9)
    told = overview().entries[0]
    assert (told.state, told.ran_at) == ("done", BEGIN + timedelta(hours=8, minutes=20))


def test_of_two_processes_one_puts_it_into_the_queue(clock: Any):
    assert timetable.enqueue_due(BEGIN) == 1
    stale = Due.objects.get()
    stale.due_at = BEGIN
    assert timetable._enqueue(HOURLY, stale, BEGIN) is False
    assert timetable.enqueue_due(BEGIN) == 0


def test_the_next_is_not_begun_while_the_last_is_unfinished(clock: Any):
    timetable.enqueue_due(BEGIN)
    clock.shift(timedelta(hours=3))
    assert timetable.enqueue_due(BEGIN + timedelta(hours=3)) == 0
    assert Worker().drain() == 1
    assert tasks.DONE == ["periodic"]
    clock.shift(timedelta(hours=1))
    assert Worker().drain() == 1


def test_a_shorter_interval_counts_from_now_on(clock: Any, monkeypatch: pytest.MonkeyPatch):
    timetable.enqueue_due(BEGIN)
    Worker().drain()
    quick = HOURLY._replace(every=timedelta(minutes=5))
    monkeypatch.setattr(timetable, "entries", lambda: (quick,))
    timetable.enqueue_due(BEGIN)
    assert Due.objects.get().due_at == BEGIN + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([HOURLY, HOURLY], "Two entries"),
        ([HOURLY._replace(every=timedelta())], "without a pause"),
        ([HOURLY._replace(task="tests.standins.tasks.gone")], "gone"),
        ([HOURLY._replace(task="tests.standins.tasks.DONE")], "is not a task"),
    ],
)
def test_a_timetable_that_cannot_be_meant_is_found_before_serving(
    monkeypatch: pytest.MonkeyPatch, entries: list[Entry], said: str
):
    monkeypatch.setattr(timetable, "entries", lambda: tuple(entries))
    assert [said in told.msg for told in timetable.check()] == [True]


def test_what_the_apps_declare_is_in_order(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.undo()
    timetable.entries.cache_clear()
    assert "jobs-tidy" in [one.name for one in timetable.entries()]
    assert timetable.check() == []
