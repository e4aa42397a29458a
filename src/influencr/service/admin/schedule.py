"""When is counted."""

from __future__ import annotations

from datetime import timedelta

from influencr.service.jobs.entry import Entry

__all__ = ["SCHEDULE"]

SCHEDULE = [
    Entry("admin-count", timedelta(hours=12), "influencr.service.admin.tasks.count_the_day"),
]
