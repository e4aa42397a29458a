"""Django's handle on this folder."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import register


class Jobs(AppConfig):
    """Work later, and again and again."""

    name = "influencr.service.jobs"
    label = "jobs"
    default = True

    def ready(self) -> None:
        """Have the timetable checked with everything else."""
        from influencr.service.jobs import timetable

        register(timetable.check)
