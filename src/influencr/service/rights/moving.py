"""Leaving, done beside the page that asked for it, and again after a kill.

The wish is on disk before anything is done. A thread of this process takes the person out; whoever
asked waits for it a little and is then told how it stands. What was left undone by a kill, or by a
refresh that took long, is done by the timetable, and in an open instance by the next visit.
"""

from __future__ import annotations

import threading

from influencr.engine import Engine
from influencr.errors import InfluencrError
from influencr.kept import Case, Departure
from influencr.service.operations.logs import event

__all__ = ["begin_to_settle", "check_again", "leave", "settle"]

#: Seconds that a page waits; a removal takes one or two, more while a refresh is under way.
_WAIT_S = 10.0
_moving = threading.Lock()


def leave(engine: Engine, profile_id: str, *, way: str) -> Departure:
    """Take somebody out everywhere; the removal as it stands after at most ten seconds."""
    wished = engine.rights.ask_to_leave(profile_id, way=way)
    begin_to_settle(engine).join(_WAIT_S)
    return engine.rights.departure(wished.number) or wished


def begin_to_settle(engine: Engine) -> threading.Thread:
    """`settle` in a thread of its own, which has begun."""
    thread = threading.Thread(target=_quietly, args=(engine,), name="rights", daemon=True)
    thread.start()
    return thread


def settle(engine: Engine) -> int:
    """Finish every removal that was asked for and bring in what was said; how many removals.

    One at a time in a process; another process that does the same does no harm.
    """
    with _moving:
        waiting = engine.rights.leaving()
        for one in waiting:
            engine.rights.finish_leaving(one)
        engine.rights.apply(patience_seconds=0.0)
    return len(waiting)


def check_again(engine: Engine, case: Case) -> None:
    """Have the audience of a contested verdict looked at again from the records as they are now.

    Raises what `Engine.dispute` raises, Busy among it.
    """
    engine.dispute(case.profile_id, f"contested by the creator, request {case.number}")


def _quietly(engine: Engine) -> None:
    try:
        settle(engine)
    except (InfluencrError, OSError) as error:
        # The wish stays on disk and is tried again; nobody's name is in this line.
        event("rights_not_settled", error=type(error).__name__)
