"""What the worker does with a task: runs it once, tries again, gives up, gives back."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.standins import tasks

from influencr.service.jobs import timetable
from influencr.service.jobs.models import Shift
from influencr.service.jobs.overview import again, overview
from influencr.service.jobs.worker import AGAIN_AFTER, LOST_AFTER, Worker

BEGIN = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def queue(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty queue and nothing periodic."""
    tasks.DONE.clear()
    monkeypatch.setattr(timetable, "entries", tuple)


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(BEGIN, tick=False) as travelling:
        yield travelling


def only() -> DBTaskResult:
    return DBTaskResult.objects.get()


def test_a_task_is_run_once_and_what_it_returns_is_not_kept():
    tasks.note.enqueue("one")
    tasks.note_context.enqueue("two")
    assert Worker().drain() == 2
    assert tasks.DONE == ["one", ("two", 1)]
    assert {one.status for one in DBTaskResult.objects.all()} == {TaskResultStatus.SUCCESSFUL}
    assert Worker().drain() == 0
    assert not Shift.objects.exists()


def test_two_workers_never_have_the_same_task():
    tasks.note.enqueue("one")
    one, other = Worker(), Worker()
    one._sign()
    assert one._take() is not None
    assert other.step() is False
    assert tasks.DONE == []


def test_a_task_for_later_waits(clock: Any):
    tasks.note.using(run_after=BEGIN + timedelta(hours=1)).enqueue("later")
    assert Worker().drain() == 0
    assert overview().later == 1
    clock.shift(timedelta(hours=1))
    assert Worker().drain() == 1


def test_what_may_succeed_later_is_tried_again_ever_more_rarely_and_then_given_up(
    clock: Any, caplog: pytest.LogCaptureFixture
):
    tasks.fail.enqueue("transient")
    worker = Worker()
    for n, pause in enumerate(AGAIN_AFTER, start=1):
        assert worker.step()
        one = only()
        assert (one.status, len(one.worker_ids)) == (TaskResultStatus.READY, n)
        assert one.exception_class_path == "influencr.errors.Unreachable"
        clock.shift(pause - timedelta(seconds=1))
        assert not worker.step()
        clock.shift(timedelta(seconds=1))
    with caplog.at_level(logging.ERROR, "influencr.jobs"):
        assert worker.step()
    assert only().status == TaskResultStatus.FAILED
    assert tasks.DONE == ["transient"] * 6
    told = overview().failures[0]
    assert (told.task, told.n_tried) == ("tests.standins.tasks.fail", 6)
    assert "ana@rye.example" not in told.where + told.error + caplog.text
    assert "fail" in caplog.text

    clock.shift(timedelta(days=400))
    assert not worker.step()
    assert again(told.id)
    assert not again(told.id)
    assert worker.step()
    assert len(only().worker_ids) == 1


def test_what_cannot_succeed_is_given_up_at_once_and_no_message_is_kept():
    tasks.fail.enqueue("terminal")
    assert Worker().drain() == 1
    one = only()
    assert one.status == TaskResultStatus.FAILED
    assert one.exception_class_path == "influencr.errors.UsageError"
    assert "builtins.KeyError" in one.traceback
    assert "ana@rye.example" not in one.traceback
    assert "tasks.py" in one.traceback


def test_a_task_of_another_version_is_given_up():
    tasks.note.enqueue("one")
    DBTaskResult.objects.update(task_path="tests.standins.tasks.gone")
    assert Worker().drain() == 1
    assert only().status == TaskResultStatus.FAILED


def test_a_stop_gives_the_task_back_as_if_nobody_had_taken_it():
    tasks.step_by_step.enqueue(3)
    worker = Worker()
    worker.stop()
    assert worker.step()
    assert tasks.DONE == []
    assert (only().status, only().worker_ids) == (TaskResultStatus.READY, [])
    assert Worker().drain() == 1
    assert tasks.DONE == [0, 1, 2]


def test_the_task_of_a_worker_that_died_is_taken_again_when_it_was_silent_for_long(clock: Any):
    tasks.note.enqueue("one")
    dead = Worker()
    dead._sign()
    assert dead._take() is not None
    clock.shift(LOST_AFTER)
    assert Worker().drain() == 0
    clock.shift(timedelta(seconds=1))
    assert Worker().drain() == 1
    assert tasks.DONE == ["one"]
    assert only().status == TaskResultStatus.SUCCESSFUL


def test_what_a_worker_reports_that_was_taken_for_dead_does_not_count(clock: Any):
    tasks.fail.enqueue("terminal")
    slow = Worker()
    slow._sign()
    taken = slow._take()
    clock.shift(LOST_AFTER + timedelta(seconds=1))
    quick = Worker()
    quick.step()
    assert only().status == TaskResultStatus.FAILED
    again(str(only().pk))
    slow._do(taken)
    assert only().status == TaskResultStatus.READY


def test_a_task_that_kills_its_process_again_and_again_is_given_up(clock: Any):
    tasks.note.enqueue("one")
    for _ in range(len(AGAIN_AFTER) + 1):
        dead = Worker()
        assert dead.step.__self__ is dead
        dead._sign()
        assert dead._take() is not None
        clock.shift(LOST_AFTER + timedelta(seconds=1))
        Worker()._wake.set()
        from influencr.service.jobs.worker import _take_back

        _take_back(timezone.now())
    assert only().status == TaskResultStatus.FAILED
    assert only().exception_class_path.endswith("_Died")


def test_finished_tasks_are_forgotten_after_a_while(clock: Any):
    from influencr.service.jobs.tasks import tidy

    tasks.note.enqueue("one")
    tasks.fail.enqueue("terminal")
    Worker().drain()
    tidy.func()
    assert DBTaskResult.objects.count() == 2
    clock.shift(timedelta(days=3))
    tidy.func()
    assert only().status == TaskResultStatus.FAILED
    clock.shift(timedelta(days=30))
    tidy.func()
    assert not DBTaskResult.objects.exists()
