"""What an app declares in its `schedule.py`."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

__all__ = ["Entry"]


class Entry(NamedTuple):
    """A task that is to be run again and again.

    name    unique in the instance; with another name it counts as another one
    every   from one run to the next; a missed run is made up once
    task    dotted path of a `django.tasks.task` without arguments
    """

    name: str
    every: timedelta
    task: str
