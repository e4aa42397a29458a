"""What the timetable does for listed people."""

from __future__ import annotations

from django.tasks import task

from influencr.errors import HomeError
from influencr.service.rights import moving
from influencr.service.web.engine import get_engine

__all__ = ["check_again", "settle"]


@task
def settle() -> int:
    """Finish removals and corrections that a kill or a refresh left undone."""
    try:
        engine = get_engine()
    except HomeError:
        return 0  # nothing is here yet, so nobody can leave it
    return moving.settle(engine)


@task
def check_again(number: int) -> bool:
    """Look again at the audience of a contested verdict; False when the person has left."""
    engine = get_engine()
    case = engine.rights.case(number)
    if case is None or engine.rights.row(case.profile_id) is None:
        return False
    moving.check_again(engine, case)
    return True
