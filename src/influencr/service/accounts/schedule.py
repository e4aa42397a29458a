"""When what is done for accounts is done."""

from __future__ import annotations

from datetime import timedelta

from influencr.service.jobs.entry import Entry

__all__ = ["SCHEDULE"]

SCHEDULE = [
    Entry(
        "accounts-forget-trials",
        timedelta(days=1),
        "influencr.service.accounts.tasks.forget_old_trials",
    ),
]
