"""What is done for accounts while nobody asks."""

from __future__ import annotations

from django.tasks import task

from influencr.service.accounts import remembered

__all__ = ["forget_old_trials"]


@task
def forget_old_trials() -> None:
    """Delete the digests of addresses whose trial was long ago."""
    remembered.forget_old()
