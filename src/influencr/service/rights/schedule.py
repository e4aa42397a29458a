"""When it is looked after what listed people asked for."""

from __future__ import annotations

from datetime import timedelta

from influencr.service.jobs.entry import Entry

SCHEDULE = [Entry("rights-settle", timedelta(minutes=1), "influencr.service.rights.tasks.settle")]
