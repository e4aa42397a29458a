"""What this app does again and again."""

from __future__ import annotations

from datetime import timedelta

from influencr.service.jobs.entry import Entry

SCHEDULE = [Entry("api-tidy", timedelta(hours=1), "influencr.service.api.tasks.tidy")]
