"""The AT Protocol network that `make test-servers` starts, with everybody settled in."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from atproto_world.ledger import VISIBILITY, Ledger
from atproto_world.people import Scene, settle_in
from atproto_world.writer import Writer

#: Suites on the one network, those that only look before those that change who is there.
_ORDER = ("network", "collect", "listen", "kill")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the tests that share the network in the order of _ORDER and of their lines.

    People leave, opt out and write hundreds of posts in some of them, and what `collect` is to
    store is compared with what was planted. The others stay in their random places.
    """
    places = [i for i, item in enumerate(items) if item.get_closest_marker("server_atproto")]

    def rank(item: pytest.Item) -> tuple[int, int]:
        name = item.path.stem.removeprefix("test_atproto_")
        return _ORDER.index(name), item.location[1] or 0

    ordered = sorted((items[i] for i in places), key=rank)
    for place, item in zip(places, ordered, strict=True):
        items[place] = item


class Network(NamedTuple):
    """Where the services are, who writes to them, what was written, and who was planted."""

    where: dict[str, Any]
    writer: Writer
    ledger: Ledger
    scene: Scene


@pytest.fixture(scope="session")
def network() -> Network:
    told = os.environ.get("INFLUENCR_TEST_ATPROTO")
    if not told:
        pytest.fail("INFLUENCR_TEST_ATPROTO is not set: run these tests with `make test-servers`.")
    where = json.loads(Path(told).read_text(encoding="utf-8"))
    writer = Writer(where, Ledger())
    # Servers that are kept up for a person meet several runs.
    mark = f"{int(time.time()) % 36**4:x}"
    return Network(where, writer, writer.ledger, settle_in(writer, mark))


@pytest.fixture
def search_in_front(network):
    """The AppView with the closed searches in front of it, and the relay's one list."""
    from tests.standins.bluesky_search import SearchInFront

    front = SearchInFront(
        network.where["appview"],
        dids=sorted(network.ledger.active()),
        packs=list(network.scene.packs),
        declared={VISIBILITY: list(network.scene.no_recommend)},
        relay=network.where["pds"],
    )
    with front:
        yield front


class Home(NamedTuple):
    """A data home whose settings name the suite's services, and commands that run on it."""

    path: Path

    def settings(self, **addresses: Any) -> None:
        """sources.toml with these addresses under [bluesky], without any pacing towards them."""
        lines = ['contact = "mailto:operator@example.org"', "[bluesky]"]
        named: list[str] = []
        for key, value in addresses.items():
            lines.append(f"{key} = {json.dumps(value)}")
            named += value if isinstance(value, list) else [value]
        hosts = sorted({address.split("://", 1)[1].split("/")[0] for address in named})
        for host in hosts:
            lines += [f'[bluesky.limits."{host}"]', "per_second = 2000.0", "burst = 2000"]
        (self.path / "sources.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "influencr", "--home", str(self.path), *arguments]

    def run(self, *arguments: str, timeout: float = 600) -> subprocess.CompletedProcess[str]:
        """A command that has to succeed; its output."""
        done = subprocess.run(
            self.command(*arguments),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done


@pytest.fixture
def home(home_folder, network, search_in_front):
    from influencr.home import Home as DataHome

    # Its mark first: no home is made in a folder that holds something else.
    DataHome(home_folder)
    made = Home(home_folder)
    made.settings(
        appview=search_in_front.address,
        search=search_in_front.address,
        relay=search_in_front.address,
        plc=network.where["plc"],
        servers=[network.where["pds"]],
    )
    return made
