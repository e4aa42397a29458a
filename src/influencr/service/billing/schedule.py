"""When what is done about money is done."""

from __future__ import annotations

from datetime import timedelta

from influencr.service.jobs.entry import Entry

__all__ = ["SCHEDULE"]

_TASKS = "influencr.service.billing.tasks"

SCHEDULE = [
    Entry("billing-reminders", timedelta(minutes=15), f"{_TASKS}.remind"),
    Entry("billing-payments", timedelta(hours=1), f"{_TASKS}.look_after_payments"),
    Entry("billing-events", timedelta(days=1), f"{_TASKS}.forget_events"),
]
