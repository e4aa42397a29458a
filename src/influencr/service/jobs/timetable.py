"""Periodic work: what the apps declare, and putting into the queue what is due."""

from __future__ import annotations

import importlib
import importlib.util
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.apps import apps
from django.core import checks
from django.db import transaction
from django.tasks import Task, TaskResultStatus
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from influencr.service.jobs.entry import Entry
from influencr.service.jobs.models import Due

__all__ = ["check", "enqueue_due", "entries"]

_UNFINISHED = (TaskResultStatus.READY, TaskResultStatus.RUNNING)


@cache
def entries() -> tuple[Entry, ...]:
    """Everything that the installed apps declare in their `schedule.py`, in order of name."""
    found: list[Entry] = []
    for app in apps.get_app_configs():
        name = f"{app.name}.schedule"
        if app.name.startswith("influencr.") and importlib.util.find_spec(name) is not None:
            found += importlib.import_module(name).SCHEDULE
    return tuple(sorted(found))


def enqueue_due(now: datetime) -> int:
    """Put into the queue what is due; returns how many.

    Of several processes one does it: the row of the entry moves on in the same transaction, and
    only for whoever finds it where it was read. What was missed for long is run once. An entry
    whose last run is not finished is left out this time.
    """
    known = {one.name: one for one in Due.objects.all()}
    return sum(_enqueue(entry, known.get(entry.name), now) for entry in entries())


def _enqueue(entry: Entry, due: Due | None, now: datetime) -> bool:
    with transaction.atomic():
        if due is None:
            due, made = Due.objects.get_or_create(name=entry.name, defaults={"due_at": now})
            if not made:
                return False
        if due.due_at > now:
            # A longer interval was shortened by an update: it does not wait out the old one.
            if due.due_at > now + entry.every:
                Due.objects.filter(name=entry.name, due_at=due.due_at).update(
                    due_at=now + entry.every
                )
            return False
        mine = Due.objects.filter(name=entry.name, due_at=due.due_at)
        if not mine.update(due_at=_next(due.due_at, entry.every, now)):
            return False
        before = DBTaskResult.objects.filter(status__in=_UNFINISHED)
        if due.task is not None and before.filter(pk=due.task).exists():
            return False
        task: Task[Any, Any] = import_string(entry.task)
        Due.objects.filter(name=entry.name).update(ran_at=now, task=task.enqueue().id)
    return True


def _next(due_at: datetime, every: timedelta, now: datetime) -> datetime:
    """The first instant after now that is whole intervals after the one that was due."""
    return due_at + every * ((now - due_at) // every + 1)


def check(app_configs: Any = None, **given: Any) -> list[checks.CheckMessage]:
    """What is wrong with the timetable, found before anything is served."""
    told: list[checks.CheckMessage] = []
    names: set[str] = set()
    for entry in entries():
        if entry.name in names:
            told.append(checks.Error(f"Two entries of the timetable are called {entry.name!r}."))
        names.add(entry.name)
        if entry.every <= timedelta():
            told.append(checks.Error(f"{entry.name!r} is to be run without a pause."))
        try:
            found = import_string(entry.task)
        except ImportError as error:
            told.append(checks.Error(f"{entry.name!r}: {error}"))
            continue
        if not isinstance(found, Task):
            told.append(checks.Error(f"{entry.name!r}: {entry.task} is not a task."))
    return told
