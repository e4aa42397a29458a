"""The work of the queue on itself."""

from __future__ import annotations

from datetime import timedelta

from django.tasks import task
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

__all__ = ["tidy"]

#: How long the state of a finished task is kept. Own choice: done ones for a look at yesterday,
#: failed ones for an operator who was away.
_DONE_FOR = timedelta(days=2)
_FAILED_FOR = timedelta(days=30)


@task
def tidy() -> None:
    """Forget tasks that were finished long ago."""
    now, tasks = timezone.now(), DBTaskResult.objects
    tasks.successful().filter(finished_at__lt=now - _DONE_FOR).delete()
    tasks.failed().filter(finished_at__lt=now - _FAILED_FOR).delete()
