"""What this app does again and again."""

from __future__ import annotations

from datetime import timedelta

from influencr.service.jobs.entry import Entry

SCHEDULE = [Entry("jobs-tidy", timedelta(hours=6), "influencr.service.jobs.tasks.tidy")]
