"""The mail of what is new, over real SMTP: once, in text and markup, stopped by a click."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.standins.members import signed_in
from tests.unit.service.alerts.test_page import NEW, SILENT, saved

from influencr.service.accounts import goodbye, teams
from influencr.service.accounts.adapter import MailNotSent
from influencr.service.alerts import digest, reading, tasks
from influencr.service.alerts.models import Digest, Reading
from influencr.service.jobs import timetable
from influencr.service.jobs.worker import Worker

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])

SITE = "https://search.example"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)  # a Wednesday


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timetable, "entries", tuple)


@pytest.fixture
def clock(members: Any) -> Any:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


def wish(user: Any, every: str = "daily") -> Digest:
    reading.mail(user, every, SITE)
    return Digest.objects.get(user=user)


def body(message: EmailMessage, kind: str = "plain") -> str:
    text = message.get_body((kind,)).get_content()
    return text.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("every", "now", "then"),
    [
        ("daily", "2026-11-25T05:59", "2026-11-25T06:00"),
        ("daily", "2026-11-25T06:00", "2026-11-26T06:00"),
        ("weekly", "2026-11-25T05:59", "2026-11-30T06:00"),
        ("weekly", "2026-11-30T05:59", "2026-11-30T06:00"),
        ("weekly", "2026-11-30T06:00", "2026-12-07T06:00"),
    ],
)
def test_when_the_next_goes_out(every: str, now: str, then: str):
    at = digest.next_after(every, datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert at == datetime.fromisoformat(then).replace(tzinfo=UTC)


def test_it_says_what_is_new_in_text_and_markup_with_links_to_the_evidence(
    members: Any, engine: Any, juno: Any, tell: Any, posted: Any
):
    saved(engine, members.olga.team)
    tell(members.olga.team, SILENT)
    tell(members.olga.team, NEW, kind="search", key="vegan")
    assert digest.send(wish(members.olga).pk)
    (message,) = posted.taken
    assert message["To"] == "olga@rye.example"
    assert message["Subject"] == "2 alerts for Team of olga"
    for kind in ("plain", "html"):
        said = body(message, kind)
        assert "has fallen silent" in said
        assert "before: Active, last post 28 Jul 2026" in said
        assert "900 followers" in said
        assert f"{SITE}/c/bluesky/juno.example#figures" in said
        assert f"{SITE}/alerts" in said
        assert "in “Vegan”" in said
    assert "&amp;" not in body(message)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(rf"<{SITE}/alerts/mail/stop/\S+>", message["List-Unsubscribe"])
    assert message["Message-ID"].endswith("@search.example>")


def test_nothing_is_mailed_twice_nor_when_it_was_read_and_nothing_is_no_mail(
    members: Any, juno: Any, tell: Any, posted: Any
):
    kept = tell(members.olga.team, SILENT)
    one = wish(members.olga)
    assert digest.send(one.pk)
    assert not digest.send(one.pk)
    tell(members.olga.team, SILENT)
    reading.read(members.olga, members.olga.team, kept.newest())
    assert not digest.send(one.pk)
    tell(members.olga.team, SILENT)
    assert digest.send(one.pk)
    assert "1 alert" in posted.taken[1]["Subject"]
    assert len(posted.taken) == 2
    # Whoever wants no mail gets none.
    assert not Digest.objects.filter(user=members.tomas).exists()


def test_a_mail_that_was_cut_off_goes_out_again_as_the_same_mail(
    members: Any, juno: Any, tell: Any, posted: Any, monkeypatch: pytest.MonkeyPatch
):
    kept = tell(members.olga.team, SILENT)
    one = wish(members.olga)

    def killed(*given: Any, **told: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        # The server has taken it, and the process dies before that is noted.
        cut.setattr(Reading.objects, "update_or_create", killed)
        with pytest.raises(KeyboardInterrupt):
            digest.send(one.pk)
    tell(members.olga.team, SILENT)
    assert digest.send(one.pk)
    first, again = posted.taken
    assert first["Message-ID"] == again["Message-ID"]
    assert body(first) == body(again)
    assert digest.send(one.pk)
    assert posted.taken[2]["Message-ID"] != first["Message-ID"]
    assert Reading.objects.get().mailed_to == kept.newest()


def test_a_server_that_is_down_is_tried_again_and_nothing_is_lost(
    members: Any, juno: Any, tell: Any, settings: Any, clock: Any
):
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 1, "timeout": 1},
        }
    }
    tell(members.olga.team, SILENT)
    one = wish(members.olga)
    with pytest.raises(MailNotSent):
        digest.send(one.pk)
    clock.shift(timedelta(days=1))
    tasks.mail.func()
    Worker().drain()
    queued = DBTaskResult.objects.get()
    assert queued.status == "READY"
    assert queued.exception_class_path.endswith("MailNotSent")
    assert "olga" not in queued.traceback


def test_what_is_due_is_put_into_the_queue_once(members: Any, clock: Any):
    wish(members.olga)
    wish(members.vera, "weekly")
    tasks.mail.func()
    assert DBTaskResult.objects.count() == 0
    clock.move_to(datetime(2026, 11, 26, 6, tzinfo=UTC))
    tasks.mail.func()
    tasks.mail.func()
    assert DBTaskResult.objects.count() == 1
    clock.move_to(datetime(2026, 11, 30, 7, tzinfo=UTC))  # days late: once
    tasks.mail.func()
    assert DBTaskResult.objects.count() == 3
    assert Digest.objects.get(user=members.olga).due_at == datetime(2026, 12, 1, 6, tzinfo=UTC)


def test_who_left_is_in_no_mail(members: Any, juno: Any, tell: Any, posted: Any):
    kept = tell(members.olga.team, SILENT, ("bluesky:2", "silent", SILENT[2], SILENT[3]))
    one = wish(members.olga)
    digest._begin(one.pk)
    from influencr.kept import Kept

    Kept(kept._file.path.parent).forget(["bluesky:1"])
    assert not digest.send(one.pk)
    assert posted.taken == []


def test_a_closed_team_is_told_once_that_new_ones_wait(
    members: Any, engine: Any, tell: Any, posted: Any
):
    ada = members.ada
    saved(engine, ada.team)
    kept = engine.of(ada.team.owner_key).alerts.kept
    kept.watch("search", "vegan")
    kept.waits(kept.watches()[0], generation=1, n=3)
    one = wish(ada)
    assert digest.send(one.pk)
    assert posted.taken[0]["Subject"] == "New creators wait"
    assert "3 new creators wait in “Vegan”" in body(posted.taken[0])
    assert "Your trial ended" in body(posted.taken[0])
    kept.waits(kept.watches()[0], generation=2, n=5)
    assert not digest.send(one.pk)


def test_one_click_stops_it_without_a_login_and_opening_the_link_does_not(
    members: Any, juno: Any, tell: Any, posted: Any
):
    tell(members.olga.team, SILENT)
    one = wish(members.olga)
    digest.send(one.pk)
    path = posted.taken[0]["List-Unsubscribe"].strip("<>").removeprefix(SITE)
    stranger = Client(enforce_csrf_checks=True)
    page = stranger.get(path)
    assert page.status_code == 200
    assert "olga" not in page.content.decode()
    assert reading.mails(members.olga) == "daily"
    done = stranger.post(path, {"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200
    assert reading.mails(members.olga) == "off"
    assert Digest.objects.get().due_at is None
    assert "sessionid" not in done.cookies
    assert not digest.send(one.pk)


@pytest.mark.parametrize("token", ["x", "1:1tOaBc:AAAA", "MQ:1:2"])
def test_a_forged_link_stops_nothing(members: Any, token: str):
    wish(members.olga)
    assert Client().post(f"/alerts/mail/stop/{token}").status_code == 404
    assert reading.mails(members.olga) == "daily"


def test_two_teams_are_two_parts_of_one_mail_and_a_team_one_left_is_none(
    members: Any, juno: Any, tell: Any, posted: Any
):
    olga = members.olga
    first, second = olga.team, teams.found(olga, "Second team")
    tell(first, SILENT)
    tell(second, SILENT)
    one = wish(olga)
    digest.send(one.pk)
    assert posted.taken[0]["Subject"] == "2 alerts"
    assert "Second team" in body(posted.taken[0])
    tell(second, SILENT)
    tell(first, SILENT)
    digest._begin(one.pk)
    teams.leave(olga, second)
    digest.send(one.pk)
    assert "Second team" not in body(posted.taken[1])


def test_deleting_an_account_takes_its_wishes_along(members: Any):
    wish(members.vera)
    reading.read(members.vera, members.vera.team, 3)
    signed_in(members.vera)
    goodbye.leave_for_good(members.vera)
    assert not Digest.objects.exists()
    assert not Reading.objects.exists()
    assert timezone.now() is not None
