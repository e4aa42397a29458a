"""What is counted while nobody looks."""

from __future__ import annotations

from django.tasks import task

from influencr.service.admin import tallies

__all__ = ["count_the_day"]


@task
def count_the_day() -> None:
    """Keep today's numbers, so that there is a line to draw tomorrow."""
    tallies.counted()
