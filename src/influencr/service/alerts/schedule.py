"""What this app does again and again."""

from __future__ import annotations

from datetime import timedelta

from influencr.service.jobs.entry import Entry

_TASKS = "influencr.service.alerts.tasks"
SCHEDULE = [
    # A look at an index that has not changed costs one question to a small file.
    Entry("alerts-look", timedelta(minutes=1), f"{_TASKS}.look"),
    Entry("alerts-mail", timedelta(minutes=15), f"{_TASKS}.mail"),
]
