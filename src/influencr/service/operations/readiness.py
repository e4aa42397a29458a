"""What is missing before this instance can do its work? Nothing here names a path or a person."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError, connection

from influencr.errors import InfluencrError, OtherFormat
from influencr.service.accounts import teams

__all__ = ["missing"]


def missing() -> dict[str, str]:
    """Part -> one sentence; empty when everything is there.

    An instance without members needs its index alone.
    """
    parts = {"index": _index}
    if teams.has_members():
        parts |= {"database": _database, "worker": _worker}
    found = {name: look() for name, look in parts.items()}
    return {name: said for name, said in found.items() if said}


def _index() -> str:
    from influencr.service.web.engine import get_engine

    try:
        if get_engine().index.snapshot().info.generation:
            return ""
    except OtherFormat:
        return "The index was written by another version; run `influencr refresh`."
    except InfluencrError as error:
        return f"The index does not open ({error.code})."
    return "Nothing is indexed yet; run `influencr import` or `influencr refresh`."


def _database() -> str:
    from django.db.migrations.executor import MigrationExecutor

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "The tables are not of this version; `influencr serve` brings them up."
    except DatabaseError as error:
        return f"The database does not answer ({type(error).__name__})."
    return ""


def _worker() -> str:
    from influencr.service.jobs.overview import overview

    try:
        if overview().workers:
            return ""
    except DatabaseError as error:
        return f"The queue cannot be read ({type(error).__name__})."
    if not settings.INFLUENCR_WORKER:
        return "No worker is alive; start `influencr manage worker` beside this process."
    return "No worker is alive: mail, alerts and payments wait."
