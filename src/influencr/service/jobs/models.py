"""The tables of who works and of what is due; tasks themselves are in those of django_tasks_db."""

from __future__ import annotations

from django.db import models

__all__ = ["Due", "Shift"]


class Shift(models.Model):
    """A worker that is alive, or died a moment ago: it signs again and again.

    id        also what its tasks name as the one who took them
    seen_at   its last sign of life
    """

    id = models.CharField(primary_key=True, max_length=64)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.id


class Due(models.Model):
    """When an entry of the timetable is to be run next.

    ran_at   when it was put into the queue last; None: never
    task     id of the task that this made, whose state is in its own table
    """

    name = models.CharField(primary_key=True, max_length=80)
    due_at = models.DateTimeField()
    ran_at = models.DateTimeField(null=True)
    task = models.UUIDField(null=True)

    def __str__(self) -> str:
        return self.name
