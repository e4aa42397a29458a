"""Calling every webhook that something is to be told to."""

from __future__ import annotations

from uuid import UUID

from django.tasks import task

from influencr.service.webhooks import sending

__all__ = ["call", "gather"]


@task
def gather() -> None:
    """Make calls of what was told, and have every call sent that is due, each as a task alone."""
    for due in sending.gather():
        call.enqueue(str(due))


@task
def call(delivery_id: str) -> None:
    """Send one call; when it fails it is due again later, whatever becomes of this task."""
    sending.send(UUID(delivery_id))
