"""What this app does again and again."""

from __future__ import annotations

from datetime import timedelta

from influencr.service.jobs.entry import Entry

SCHEDULE = [
    Entry("ended-sessions", timedelta(days=1), "influencr.service.operations.tasks.clear_sessions")
]
