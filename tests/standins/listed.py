"""A small real home of three listed people, with a network, name servers and pages on loopback."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from tests.standins.bluesky_world import World
from tests.standins.loopback import Reply, served
from tests.standins.names import Names, answering

from influencr.engine import Engine
from influencr.records import Profile
from influencr.sources import batches_of

SEEN = datetime(2026, 11, 20, tzinfo=UTC)


class Around(NamedTuple):
    """Where everything is; `rita` is the DID of somebody on the network."""

    home: Path
    world: World
    names: Names
    pages: dict[str, str]
    site: str
    rita: str


@contextlib.contextmanager
def listed_people(folder: Path) -> Iterator[Around]:
    """Rita is on a network that can be asked, Ana came in a file, Hanna asked not to be listed."""
    world = World()
    pages: dict[str, str] = {}

    def page(path: str, query: Any, headers: Any) -> Reply:
        if path not in pages:
            return Reply(404, {"Content-Type": "text/html"}, b"")
        return Reply(200, {"Content-Type": "text/html; charset=utf-8"}, pages[path].encode())

    with served(world.replied) as network, served(page) as site, answering() as names:
        rita = world.person(
            1,
            "Rita",
            f"Vegan baker. {site}/rita",
            handle="rita.example",
            followers=900,
        )
        home = folder / "home"
        engine = Engine(home, create=True)
        said = {
            "fetched_at": SEEN,
            "source": "bluesky",
            "fetch_method": "test",
            "licence": "user-import",
            "lawful_basis": "legitimate interest",
        }
        people = [
            Profile(
                profile_id=f"bluesky:{rita}",
                platform="bluesky",
                handle="rita.example",
                display_name="Rita",
                bio_text=f"Vegan baker in Berlin. {site}/rita",
                followers=900,
                posts_count=40,
                **said,
            ),
            Profile(
                profile_id="tiktok:@ana",
                platform="tiktok",
                handle="ana",
                display_name="Ana",
                bio_text="Rye bread in Lyon",
                links=["https://www.ana.example/shop", f"{site}/ana"],
                followers=3_000,
                posts_count=12,
                **{**said, "source": "import:bakers.csv"},
            ),
            Profile(
                profile_id="tiktok:@hanna",
                platform="tiktok",
                handle="hanna",
                display_name="Hanna",
                no_recommend=True,
                posts_count=3,
                **{**said, "source": "import:bakers.csv"},
            ),
        ]
        for batch in batches_of(people):
            engine.catalogue.append(batch.table, batch.frame)
        engine.refresh()
        engine.close()
        (home / "sources.toml").write_text(
            'contact = "ops@search.example"\n'
            f'[bluesky]\nappview = "{network}"\n'
            f'[bluesky.limits."{network.removeprefix("http://")}"]\nper_second = 1000.0\n'
            f'[proof]\nnameservers = ["{names.address}"]\npages = ["{site}"]\n'
            f'[proof.limits."{site.removeprefix("http://")}"]\nper_second = 1000.0\n'
        )
        yield Around(home, world, names, pages, site, rita)
