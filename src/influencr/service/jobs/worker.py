"""Takes tasks from the queue and runs them, one after the other.

A task is in one of four states, which django_tasks_db keeps: ready, running, successful, failed.
Who takes one signs it; who dies leaves the signature, and the others take the task again when that
worker has not given a sign of life for LOST_AFTER. So a task may be run twice, never by two who
both count: what the first one reports after that is thrown away.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import threading
import traceback
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import (
    DatabaseError,
    OperationalError,
    close_old_connections,
    connection,
    transaction,
)
from django.tasks import TaskContext, TaskResultStatus
from django.tasks.signals import task_enqueued
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from influencr.errors import Transient
from influencr.service.jobs import pausing, timetable
from influencr.service.jobs.models import Shift

__all__ = ["AGAIN_AFTER", "LOST_AFTER", "Worker"]

type _Row = DBTaskResult[Any, Any]

#: After how long a task that could not be done is tried again. Own choice: a mail server that is
#: down for an afternoon loses nothing, and what still fails then is for the operator.
AGAIN_AFTER = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 360))
#: A worker that was silent for so long is taken for dead. Six missed signs: own choice.
LOST_AFTER = timedelta(seconds=90)
_SIGN_S = 15.0
#: How often an idle worker looks, when nothing in its own process tells it. Own choice.
_LOOK_S = 1.0
#: How long it waits after the database failed.
_BROKEN_S = 5.0
_TRANSIENT = (Transient, OSError, OperationalError)

_log = logging.getLogger("influencr.jobs")


class Worker:
    """One worker: `run` in a thread or process of its own, `drain` where a test or cron calls."""

    def __init__(self) -> None:
        self.id = secrets.token_hex(16)
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._rounds_at: datetime | None = None

    def run(self) -> None:
        """Work until `stop` is called; survives a database that is away for a while."""
        task_enqueued.connect(self._woken)
        signing = threading.Thread(target=self._sign_on, name="influencr-signs", daemon=True)
        broken = False
        try:
            signing.start()
            while not self._stop.is_set():
                try:
                    self._wake.clear()
                    close_old_connections()
                    idle, broken = not self.step(), False
                except Exception as error:  # noqa: BLE001 - nobody else would begin again
                    if not broken:
                        _log.error("the queue cannot be worked on: %s", _named(error))
                    idle, broken = True, True
                    connection.close()
                if idle and not self._stop.is_set():
                    self._wake.wait(_BROKEN_S if broken else _LOOK_S)
        finally:
            task_enqueued.disconnect(self._woken)
            signing.join(_LOOK_S)
            self._sign_off()
            connection.close()

    def stop(self) -> None:
        """Finish the step of the task that is being run, and take no other."""
        self._stop.set()
        self._wake.set()

    def drain(self) -> int:
        """Do everything that is due now, in this thread; returns how many tasks were run."""
        self._sign()
        done = 0
        try:
            while self.step(rounds=done == 0):
                done += 1
        finally:
            self._sign_off()
        return done

    def step(self, *, rounds: bool | None = None) -> bool:
        """Take one task and run it; whether there was one.

        rounds   look for lost tasks and at the timetable first; None: when it is time again
        """
        now = timezone.now()
        every = timedelta(seconds=_SIGN_S)
        if rounds or (
            rounds is None and (self._rounds_at is None or now >= self._rounds_at + every)
        ):
            self._rounds_at = now
            if not Shift.objects.filter(pk=self.id).exists():
                self._sign()
            _take_back(now)
            timetable.enqueue_due(now)
        taken = self._take()
        if taken is not None:
            self._do(taken)
        return taken is not None

    # Inside.

    def _take(self) -> _Row | None:
        ready = DBTaskResult.objects.ready().filter(backend_name="default")
        if not ready.exists():
            return None  # an idle worker never asks for the write lock
        with transaction.atomic():
            # SQLite lets one in at a time; PostgreSQL passes over what another has locked.
            taken = ready.get_locked()
            if taken is not None:
                taken.claim(self.id)
        return taken

    def _do(self, taken: _Row) -> None:
        pausing.hears(self._stop)
        try:
            task, told = taken.task, taken.task_result
            context: tuple[Any, ...] = (
                (TaskContext(task_result=told),) if task.takes_context else ()
            )
            task.call(*context, *told.args, **told.kwargs)
        except pausing.Interrupted:
            self._report(taken, _put_back)
        except (ImportError, SuspiciousOperation) as error:
            self._report(taken, _failed(error))  # of another version, which knew this task
        except Exception as error:  # noqa: BLE001 - kept, and told to the operator
            n = len(taken.worker_ids)
            if isinstance(error, _TRANSIENT) and n <= len(AGAIN_AFTER):
                self._report(taken, _again(error, AGAIN_AFTER[n - 1]))
            else:
                self._report(taken, _failed(error))
        else:
            self._report(taken, lambda one: one.set_successful(None))
        finally:
            pausing.hears(None)

    def _report(self, taken: _Row, done: Callable[[_Row], None]) -> None:
        with transaction.atomic():
            one = DBTaskResult.objects.select_for_update().filter(pk=taken.pk).first()
            # Taken for dead meanwhile, the task is another's: what we did is done again.
            if one is None or one.status != TaskResultStatus.RUNNING:
                return
            if one.worker_ids[-1:] == [self.id]:
                done(one)

    def _sign_on(self) -> None:
        while True:
            with contextlib.suppress(DatabaseError):  # the loop says so
                self._sign()
            if self._stop.wait(_SIGN_S):
                break
        connection.close()

    def _sign(self) -> None:
        now = timezone.now()
        Shift.objects.update_or_create(
            pk=self.id, defaults={"seen_at": now}, create_defaults={"began_at": now, "seen_at": now}
        )

    def _sign_off(self) -> None:
        with contextlib.suppress(DatabaseError):  # then it is missed after LOST_AFTER
            Shift.objects.filter(pk=self.id).delete()

    def _woken(self, sender: object, **told: object) -> None:
        self._wake.set()


def _take_back(now: datetime) -> None:
    """Put tasks of workers that died back; give up on one that keeps killing them."""
    Shift.objects.filter(seen_at__lt=now - LOST_AFTER).delete()
    alive = set(Shift.objects.values_list("pk", flat=True))
    for one in DBTaskResult.objects.running():
        if one.worker_ids[-1:] and one.worker_ids[-1] in alive:
            continue
        with transaction.atomic():
            lost = DBTaskResult.objects.select_for_update().filter(pk=one.pk).first()
            if lost is None or lost.status != TaskResultStatus.RUNNING:
                continue
            if lost.worker_ids != one.worker_ids:
                continue  # another took it back, and somebody has it again
            if len(lost.worker_ids) <= len(AGAIN_AFTER):
                _ready(lost, now)
            else:
                _failed(_Died())(lost)


class _Died(Exception):
    """The process ended while it ran the task, more than once."""


def _put_back(one: _Row) -> None:
    one.worker_ids = one.worker_ids[:-1]
    _ready(one, timezone.now())


def _again(error: Exception, after: timedelta) -> Callable[[_Row], None]:
    def noted(one: _Row) -> None:
        one.exception_class_path, one.traceback = _named(error), _where(error)
        _ready(one, timezone.now() + after)

    return noted


def _ready(one: _Row, after: datetime) -> None:
    one.status, one.started_at, one.run_after = TaskResultStatus.READY, None, after
    one.save()


def _failed(error: Exception) -> Callable[[_Row], None]:
    def noted(one: _Row) -> None:
        one.status, one.finished_at = TaskResultStatus.FAILED, timezone.now()
        one.exception_class_path, one.traceback = _named(error), _where(error)
        one.save()
        _log.error("task %s failed: %s; see `influencr manage jobs`", one.task_path, _named(error))

    return noted


def _named(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _where(error: BaseException) -> str:
    """Where it happened, in every error that led to it. Messages may name people: none is kept."""
    return "".join(
        f"{_named(one)}\n{''.join(traceback.format_tb(one.__traceback__))}" for one in _chain(error)
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
