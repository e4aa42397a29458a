"""The same pages in an instance with members: by mail, by the timetable, by the operator."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from tests.standins.members import open_members

from influencr.service.rights import answers, signed, tasks

pytestmark = [pytest.mark.allow_hosts(["127.0.0.1"]), pytest.mark.django_db]

RITA = "bluesky:did:plc:" + "1".zfill(24)


@pytest.fixture
def asked(place: Any, settings: Any) -> Any:
    """Somebody contested a verdict and left an address."""
    open_members(settings)
    mine = place.prove(RITA)
    sent = {"do": "contest", "about": "verdict", "text": "look & see", "contact": "r@r.example"}
    assert place.client.post(f"{mine}/change", sent).status_code == 302
    return place.engine.rights.cases("open")[0]


def test_an_answer_goes_out_by_mail_with_the_way_to_its_page(place: Any, asked: Any):
    case = place.engine.rights.answer(asked.number, "We looked: <b>you are right</b>.")
    request = Client().get("/creators").wsgi_request
    assert answers.answered(case, request)
    (sent,) = mail.outbox
    assert sent.to == ["r@r.example"]
    assert "look & see" in sent.body
    assert "We looked: <b>you are right</b>." in sent.body
    path = sent.body.split("http://testserver", 1)[1].split()[0]
    page = Client().get(path).content.decode()
    assert "You have an answer" in page
    assert "&lt;b&gt;you are right" in page


def test_without_an_address_or_a_mail_server_nothing_goes_out(
    place: Any, asked: Any, settings: Any
):
    case = place.engine.rights.answer(asked.number, "No.")
    assert not answers.answered(case._replace(contact=None))
    settings.INFLUENCR_MAIL_READY = False
    assert not answers.answered(case)
    assert mail.outbox == []


def test_the_operator_sees_the_queue_and_answers(place: Any, asked: Any):
    out = StringIO()
    call_command("rights", stdout=out)
    assert "contest of verdict  bluesky:@rita.example" in out.getvalue()
    call_command("rights", str(asked.number), answer="Yes.", stdout=out)
    assert "Answered, and mailed." in out.getvalue()
    assert place.engine.rights.case(asked.number).answer == "Yes."
    with pytest.raises(CommandError, match="no request 99"):
        call_command("rights", "99")
    with pytest.raises(CommandError, match="few words"):
        call_command("rights", str(asked.number), answer=" ")


def test_the_operator_can_open_a_record_for_somebody_they_know(place: Any, asked: Any):
    out = StringIO()
    call_command("rights", str(asked.number), open=True, stdout=out)
    page = Client().get(out.getvalue().strip()).content.decode()
    assert "Download everything" in page
    opened = signed.opened(out.getvalue().strip().rpartition("/")[2])
    assert opened is not None
    assert opened.way == "operator"


def test_the_check_waits_for_the_worker_and_then_is_made(place: Any, asked: Any):
    assert place.engine.disputes(RITA) == []
    assert tasks.check_again.func(asked.number)
    assert len(place.engine.disputes(RITA)) == 1
    place.engine.forget([RITA])
    assert not tasks.check_again.func(asked.number)


def test_the_timetable_finishes_what_a_kill_left(place: Any, asked: Any):
    place.engine.rights.ask_to_leave(RITA, way="dns")
    assert tasks.settle.func() == 1
    assert place.engine.show(RITA) is None
    assert tasks.settle.func() == 0


def test_who_is_signed_in_or_not_makes_no_difference(place: Any, asked: Any):
    page = Client().get("/creators", {"who": "tiktok:@ana"})
    assert "This is your record" in page.content.decode()
    assert "sessionid" not in page.cookies
