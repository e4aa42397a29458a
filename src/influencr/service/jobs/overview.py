"""How the queue stands, for whoever runs the instance."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Min
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from influencr.service.jobs import timetable
from influencr.service.jobs.models import Due, Shift
from influencr.service.jobs.worker import LOST_AFTER

__all__ = ["Failed", "Overview", "Running", "again", "overview"]


class Running(NamedTuple):
    """An entry of the timetable.

    ran_at   when it was last put into the queue, None: never
    state    of that run: never, waiting, running, done, failed
    """

    name: str
    every: timedelta
    due_at: datetime | None
    ran_at: datetime | None
    state: str


class Failed(NamedTuple):
    """A task that is not tried again: what it was and what kind of error ended it."""

    id: str
    task: str
    at: datetime | None
    n_tried: int
    error: str
    where: str


class Overview(NamedTuple):
    """How the queue stands.

    waiting         tasks that could be run now; later: that are to wait
    oldest_wait_s   how long the oldest of those that could be run waits, 0.0 without one
    workers         how many are alive
    """

    waiting: int
    later: int
    running: int
    failed: int
    oldest_wait_s: float
    workers: int
    entries: tuple[Running, ...]
    failures: tuple[Failed, ...]


_STATES = {
    TaskResultStatus.READY: "waiting",
    TaskResultStatus.RUNNING: "running",
    TaskResultStatus.SUCCESSFUL: "done",
    TaskResultStatus.FAILED: "failed",
}
#: How many failures are told one by one; the newest.
_TOLD = 50


def overview(now: datetime | None = None) -> Overview:
    """How the queue stands at an instant (default: now)."""
    now = now or timezone.now()
    tasks = DBTaskResult.objects
    n = Counter(tasks.values_list("status", flat=True))
    ready = tasks.ready()
    waiting, oldest = ready.count(), ready.aggregate(at=Min("enqueued_at"))["at"]
    return Overview(
        waiting=waiting,
        later=n[TaskResultStatus.READY] - waiting,
        running=n[TaskResultStatus.RUNNING],
        failed=n[TaskResultStatus.FAILED],
        oldest_wait_s=max((now - oldest).total_seconds(), 0.0) if oldest else 0.0,
        workers=Shift.objects.filter(seen_at__gte=now - LOST_AFTER).count(),
        entries=_entries(),
        failures=tuple(
            Failed(
                str(one.pk),
                one.task_path,
                one.finished_at,
                len(one.worker_ids),
                one.exception_class_path,
                one.traceback,
            )
            for one in tasks.failed().order_by("-finished_at")[:_TOLD]
        ),
    )


def again(task_id: str) -> bool:
    """Put a failed task back into the queue, with all its tries; whether there was one."""
    return bool(
        DBTaskResult.objects.failed()
        .filter(pk=task_id)
        .update(
            status=TaskResultStatus.READY,
            run_after=timezone.now(),
            started_at=None,
            finished_at=None,
            worker_ids=[],
        )
    )


def _entries() -> tuple[Running, ...]:
    known = {one.name: one for one in Due.objects.all()}
    ids = [one.task for one in known.values() if one.task is not None]
    states = dict(DBTaskResult.objects.filter(pk__in=ids).values_list("pk", "status"))
    told = []
    for entry in timetable.entries():
        due = known.get(entry.name)
        if due is None or due.task is None:
            told.append(
                Running(entry.name, entry.every, due.due_at if due else None, None, "never")
            )
            continue
        state = _STATES[TaskResultStatus(states[due.task])] if due.task in states else "done"
        told.append(Running(entry.name, entry.every, due.due_at, due.ran_at, state))
    return tuple(told)
