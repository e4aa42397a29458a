"""Which work is done later, or again and again, and what became of it?

Useful for: work that no reader should wait for, and that a stop of the process must not lose. Not
useful for: saying what the work is; each app has its `tasks.py` and its `schedule.py`.
"""

from influencr.service.jobs.pausing import Interrupted, go_on

__all__ = ["Interrupted", "go_on"]
