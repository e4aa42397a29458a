"""What is kept of orders is forgotten after a day."""

from __future__ import annotations

from django.tasks import task

from influencr.service.api import repeated

__all__ = ["tidy"]


@task
def tidy() -> None:
    """Forget answers that were given long ago."""
    repeated.tidy()
