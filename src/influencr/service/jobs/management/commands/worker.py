"""`influencr manage worker`: the worker in a process of its own."""

from __future__ import annotations

import signal
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from influencr.service.jobs.worker import Worker

__all__ = ["Command"]


class Command(BaseCommand):
    """Works until it is stopped."""

    help = "Do what waits in the queue and what the timetable asks for, until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Until when."""
        parser.add_argument("--once", action="store_true", help="do what is due now, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Work."""
        if settings.INFLUENCR_BILLING == "none":
            raise CommandError(
                "An open instance has nothing to do in the background; see INFLUENCR_BILLING."
            )
        worker = Worker()
        if options["once"]:
            n = worker.drain()
            self.stdout.write(f"{n} task{'' if n == 1 else 's'} done.")
            return

        def stop(_signal: int, _frame: FrameType | None) -> None:
            worker.stop()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        self.stdout.write("The worker runs. Ctrl-C stops it.")
        self.stdout.flush()
        worker.run()
        self.stdout.write("Stopped.")
