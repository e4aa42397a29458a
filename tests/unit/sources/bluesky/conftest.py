"""A run over an invented network: no socket, and a clock that only moves when somebody waits."""

from datetime import UTC, datetime

import pytest
from tests.standins.bluesky_world import lisbon
from tests.standins.clock import Clock

from influencr.sources import Phrase, Wanted
from influencr.sources.bluesky import BlueskySource
from influencr.sources.http import Client, Rule, State

COFFEE = Wanted(
    words="specialty coffee",
    place="Lisbon",
    phrases=tuple(Phrase(text) for text in ("specialty coffee", "coffee", "espresso")),
    places=tuple(Phrase(text) for text in ("Lisbon", "Lisboa")),
)


@pytest.fixture
def world():
    return lisbon()


@pytest.fixture
def coffee():
    return COFFEE


@pytest.fixture
def make(world, tmp_path):
    """A source over the world; its memory is a file, so that a second one goes on."""
    opened = []

    def made(wanted=COFFEE, *, budget=1_000, client_budget=None, file=None, transport=None, **more):
        clock = Clock(datetime(2026, 11, 1, tzinfo=UTC))
        state = State(file or tmp_path / "bluesky.sqlite")
        client = Client(
            contact="mailto:operator@example.org",
            rules=[Rule("*", 10.0, burst=10)],
            state=state,
            budget=budget if client_budget is None else client_budget,
            transport=transport or world.transport,
            clock=clock,
            sleep=clock.sleep,
        )
        opened.extend((client, state))
        return BlueskySource(wanted, state=state, client=client, budget=budget, clock=clock, **more)

    yield made
    for one in opened:
        one.close()
