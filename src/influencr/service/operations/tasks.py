"""What is done again and again so that nothing is kept that is over."""

from __future__ import annotations

from django.core.management import call_command
from django.tasks import task

__all__ = ["clear_sessions"]


@task
def clear_sessions() -> None:
    """Forget sessions that have ended."""
    call_command("clearsessions")
