"""`influencr manage jobs`: how the queue stands, and another try for what failed."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from influencr.service.jobs.overview import again, overview

__all__ = ["Command"]


class Command(BaseCommand):
    """Says what waits, runs and failed, and when periodic work is due."""

    help = "Show the queue: what waits, what failed and why, what is due when."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do about a failure."""
        parser.add_argument("--again", metavar="ID", help="try a failed task again")
        parser.add_argument("--where", action="store_true", help="also where each failure happened")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say how it is."""
        if options["again"] and not _again(options["again"]):
            raise CommandError(f"{options['again']}: no failed task of that id.")
        told = overview()
        self.stdout.write(
            f"{told.waiting} waiting, {told.later} for later, {told.running} running, "
            f"{told.failed} failed; {told.workers} worker{'' if told.workers == 1 else 's'} alive."
        )
        for entry in told.entries:
            self.stdout.write(
                f"{entry.name}: every {entry.every}, last {_at(entry.ran_at)} ({entry.state}), "
                f"next {_at(entry.due_at)}"
            )
        for one in told.failures:
            self.stdout.write(
                f"failed {_at(one.at)}: {one.task}, tried {one.n_tried} times, {one.error}; "
                f"id {one.id}"
            )
            if options["where"]:
                self.stdout.write(one.where)


def _again(typed: str) -> bool:
    try:
        UUID(typed)
    except ValueError:
        return False
    return again(typed)


def _at(instant: datetime | None) -> str:
    return "never" if instant is None else f"{instant:%Y-%m-%d %H:%M:%S} UTC"
