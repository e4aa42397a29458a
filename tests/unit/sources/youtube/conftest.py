"""A home with a contact and a key, a fake YouTube behind it, and a clock that stands still."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.standins.clock import Clock
from tests.standins.loopback import transport_of
from tests.standins.youtube import KEY, FakeYouTube

from influencr.home import Home
from influencr.sources import Wanted
from influencr.sources.http import Transport
from influencr.sources.youtube import YouTubeSource

#: 17:30 in London, half past nine in the morning in Los Angeles.
NOON = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)


class Desk:
    """What every test of this folder has: `open(wanted)` gives the source."""

    def __init__(
        self, folder: Path, *, transport: Transport | None = None, **invented: int
    ) -> None:
        self.home = Home(folder / "home")
        (self.home.path / "sources.toml").write_text(
            'contact = "mailto:operator@example.org"\n', encoding="utf-8"
        )
        self.clock = Clock(NOON)
        self.fake = FakeYouTube(clock=self.clock, **invented)
        self._transport = transport or transport_of(self.fake)
        self._opened: list[YouTubeSource] = []

    def open(self, wanted: Wanted, *, budget: int | None = None) -> YouTubeSource:
        source = YouTubeSource.open(
            self.home,
            wanted,
            budget=budget,
            clock=self.clock,
            sleep=self.clock.sleep,
            transport=self._transport,
        )
        self._opened.append(source)
        return source

    def close(self) -> None:
        for source in self._opened:
            source.close()


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFLUENCR_YOUTUBE_KEY", KEY)
    monkeypatch.delenv("INFLUENCR_CONTACT", raising=False)


@pytest.fixture
def desks() -> Iterator[Callable[..., Desk]]:
    """Makes desks, and closes what they opened."""
    made: list[Desk] = []

    def make(folder: Path, **invented: int) -> Desk:
        made.append(Desk(folder, **invented))
        return made[-1]

    yield make
    for desk in made:
        desk.close()


@pytest.fixture
def desk(desks: Callable[..., Desk], tmp_path: Path) -> Desk:
    return desks(tmp_path)
