"""Nobody takes the whole machine; who waits is told so."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections
from django.test import Client, RequestFactory
from tests.standins.members import signed_in

from influencr.service.operations import middleware
from influencr.service.operations.turns import EACH, MOST_WAITING, Turns, asker_of

AFAR = {"REMOTE_ADDR": "203.0.113.9"}


@pytest.fixture
def own_turns(monkeypatch: Any) -> Turns:
    made = Turns(patience=0.0)
    monkeypatch.setattr(middleware, "turns", made)
    return made


def test_each_has_so_many_at_once_and_others_are_not_in_the_way():
    turns = Turns(patience=0.0)
    assert [turns.take("olga") for _ in range(EACH + 1)] == [True] * EACH + [False]
    assert turns.take("vera")
    turns.give_back("olga")
    assert turns.take("olga")
    assert (turns.running, turns.waiting) == (EACH + 1, 0)


def test_who_waits_is_next_when_one_is_done():
    turns = Turns(patience=60.0)
    for _ in range(EACH):
        assert turns.take("olga")
    took: list[bool] = []
    waiters = [
        threading.Thread(target=lambda: took.append(turns.take("olga"))) for _ in range(EACH)
    ]
    for one in waiters:
        one.start()
    while turns.waiting < EACH:
        pass
    # More than may wait are told at once.
    assert not turns.take("olga")
    for _ in range(EACH):
        turns.give_back("olga")
    for one in waiters:
        one.join(60)
    assert took == [True] * EACH
    for _ in range(EACH):
        turns.give_back("olga")
    assert (turns.running, turns.waiting) == (0, 0)


def test_a_member_with_too_many_is_told_in_a_sentence(members: Any, engine: Any, own_turns: Turns):
    client = signed_in(members.olga)
    for _ in range(EACH):
        own_turns.take(f"member {members.olga.pk}")
    response = client.get("/search?text=rye", **AFAR)
    assert response.status_code == 429
    assert response["Retry-After"] == "2"
    page = response.content.decode()
    assert "Searching is without limit, 2 at a time" in page
    assert 'href="/search?text=rye"' in page
    # Their team mate, from the same address, is answered; so are other pages of theirs.
    assert signed_in(members.tomas).get("/search?text=rye", **AFAR).status_code == 200
    assert client.get("/methods", **AFAR).status_code == 200


def test_a_turn_is_given_back_whatever_happened(client: Client, engine: Any, own_turns: Turns):
    client.raise_request_exception = False
    for answer in (engine.answer, RuntimeError("broken")):
        engine.answer = answer
        client.get("/search?text=rye", **AFAR)
    assert client.get("/search?sort=nothing", **AFAR).status_code == 400
    assert own_turns.running == 0


def test_an_instance_with_too_many_says_so(client: Client, engine: Any, own_turns: Turns):
    own_turns.queued = lambda: MOST_WAITING + 1
    response = client.get("/search?text=rye")
    assert response.status_code == 503
    assert response["Retry-After"] == "2"
    assert "Very many search at this moment" in response.content.decode()
    assert client.get("/methods").status_code == 200


@pytest.mark.parametrize(
    ("address", "asker"),
    [
        ("203.0.113.9", "address 203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "address 20010db800010002"),
        ("2001:db8:1:2::1", "address 20010db800010002"),
        ("127.0.0.1", None),
        ("::1", None),
        ("", None),
    ],
)
def test_an_address_is_an_asker_and_a_house_is_one(address: str, asker: str | None):
    assert asker_of(RequestFactory().get("/search", REMOTE_ADDR=address)) == asker


def test_beside_other_processes_one_page_is_drawn_at_a_time(engine: Any, own_turns: Turns):
    own_turns.one_by_one()
    drawn: list[int] = []

    def ask() -> None:
        try:
            drawn.append(Client(**AFAR).get("/search").status_code)
        finally:
            connections.close_all()

    with own_turns.drawing():
        asking = threading.Thread(target=ask)
        asking.start()
        while not own_turns.running:
            pass
        # It has its turn and waits for the page; what takes longer waits for nobody.
        assert Client(**AFAR).get("/plan").status_code == 200
        assert drawn == []
    asking.join(60)
    assert drawn == [200]
    assert own_turns.running == 0
