"""What this app does again and again."""

from __future__ import annotations

from datetime import timedelta

from influencr.service.jobs.entry import Entry

SCHEDULE = [
    # Where nothing was told since, a look costs two questions to small files.
    Entry("webhooks-gather", timedelta(minutes=1), "influencr.service.webhooks.tasks.gather"),
]
