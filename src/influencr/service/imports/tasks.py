"""Taking files in."""

from __future__ import annotations

from uuid import UUID

from django.tasks import task

from influencr.service.imports import taking

__all__ = ["take_in"]


@task
def take_in(import_id: str) -> None:
    """Take one file in, then judge and index what is new."""
    taking.take(UUID(import_id))
