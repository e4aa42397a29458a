"""A file is kept in the home, taken in by the queue, and what came in is judged and indexed.

Taking in is idempotent, so a process that is killed on the way does no harm: the queue does the
task again, and rows that are there already are counted as such.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from influencr.errors import InfluencrError, Transient, UsageError
from influencr.home import Home
from influencr.service.accounts.models import User
from influencr.service.imports.models import Import
from influencr.service.web.engine import get_engine

__all__ = ["NAME", "keep", "take"]

_FOLDER = "imports"
#: What a file may be called: it becomes part of a path, and of the quarantine's.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
#: Reasons for quarantine that are told, the most frequent ones.
_REASONS = 20


def keep(by: User | None, name: str, data: bytes, options: dict[str, str]) -> Import:
    """Keep a file and have it taken in.

    Raises UsageError for a name that is none, an empty file, and in a home with an invented world.
    """
    if not NAME.fullmatch(name):
        raise UsageError(
            "name: give the file's name with its ending, of letters, digits, points, - and _.",
            field="name",
        )
    if not data.strip():
        raise UsageError("The body is empty; send the file as it is.", field="name")
    engine = get_engine()
    if engine.is_demo:
        raise UsageError("This home holds the invented demo world; import into another one.")
    one = Import(made_by=by, name=name, options=options)
    path = _path(one, engine.home)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())
    partial.replace(path)
    from influencr.service.imports.tasks import take_in

    try:
        with transaction.atomic():
            one.save()
            take_in.enqueue(str(one.pk))
    except BaseException:
        path.unlink()
        raise
    return one


def take(import_id: UUID) -> None:
    """Take one file in, then judge and index what is new.

    Raises Transient errors, after which the queue tries again; others are told in `problem`.
    """
    one = Import.objects.filter(pk=import_id).exclude(state__in=("done", "failed")).first()
    if one is None:
        return
    Import.objects.filter(pk=one.pk).update(state="running")
    engine = get_engine()
    path = _path(one, engine.home)
    state, problem = "done", ""
    told: dict[str, Any] = {}
    try:
        report = engine.import_files([path], **one.options)
        outcome = report.files[0]
        told = _told(outcome)
        if outcome.error is not None:
            state, problem = "failed", outcome.error.message
        if report.n_new:
            engine.refresh()
    except Transient:
        raise
    except InfluencrError as error:
        state, problem = "failed", error.message
    Import.objects.filter(pk=one.pk).update(
        state=state, problem=problem[:500], told=told, done_at=timezone.now()
    )
    path.unlink(missing_ok=True)


def _told(outcome: Any) -> dict[str, Any]:
    report = outcome.report
    if report is None:
        return {}
    reasons = sorted(report.reasons.items(), key=lambda one: (-one[1], one[0]))
    return {
        "kind": None if outcome.plan is None else outcome.plan.kind,
        "rows_read": report.rows_read,
        "rows_kept": report.rows_kept,
        "rows_quarantined": report.rows_quarantined,
        "rows_duplicate": report.rows_duplicate,
        "rows_new": sum(one.new for one in outcome.stored.values()),
        "reasons": dict(reasons[:_REASONS]),
        "truncated": report.truncated,
    }


def _path(one: Import, home: Home) -> Path:
    return Path(home.service) / _FOLDER / f"{one.pk}-{one.name}"
