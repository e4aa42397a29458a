"""`influencr manage rights`: what listed people asked, and answering it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from influencr.errors import InfluencrError
from influencr.kept import Case
from influencr.service.rights import answers, signed
from influencr.service.web.engine import get_engine

__all__ = ["Command"]


class Command(BaseCommand):
    """The queue, an answer, or an address that opens a record."""

    help = "What listed people contest and ask; with a number, one of them or its answer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Number, answer, and whether a record is opened."""
        parser.add_argument("number", nargs="?", type=int, help="one request; default: the queue")
        parser.add_argument(
            "--answer", help="words for who asked; mailed where they left an address"
        )
        parser.add_argument(
            "--open",
            action="store_true",
            help="print an address that opens their record for two hours: for somebody whom you "
            "know to be who they say",
        )
        parser.add_argument("--all", action="store_true", help="answered ones as well")

    def handle(self, *args: Any, **given: Any) -> None:
        """Runs it. Raises CommandError in one sentence."""
        desk = get_engine().rights
        if given["number"] is None:
            found = desk.cases(None if given["all"] else "open")
            for one in found:
                self.stdout.write(_line(one))
            for gone in desk.departures(10):
                clock = f"{gone.seconds:.1f} s" if gone.seconds is not None else "under way"
                self.stdout.write(f"left {gone.asked_at:%Y-%m-%d %H:%M} ({gone.reason}): {clock}")
            if not found:
                self.stdout.write("Nobody waits for an answer.")
            return
        case = desk.case(given["number"])
        if case is None:
            raise CommandError(
                f"There is no request {given['number']}; it may have gone with them."
            )
        if given["open"]:
            key = signed.grant(case.profile_id)
            self.stdout.write(reverse("creators-mine", args=[key]))
            return
        if given["answer"] is None:
            self.stdout.write(_line(case))
            self.stdout.write(case.text)
            return
        try:
            sent = answers.answered(desk.answer(case.number, given["answer"]))
        except InfluencrError as error:
            raise CommandError(error.message) from error
        self.stdout.write("Answered" + (", and mailed." if sent else "; it stands on their page."))


def _line(case: Case) -> str:
    about = f" of {case.about}" if case.about else ""
    return (
        f"{case.number}  {case.opened_at:%Y-%m-%d}  {case.state}  {case.kind}{about}  {case.named}"
    )
