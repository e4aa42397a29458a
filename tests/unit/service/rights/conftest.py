"""A small real home, a network, name servers and pages on loopback, and the pages over them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.test import Client
from tests.standins.bluesky_world import World
from tests.standins.listed import listed_people
from tests.standins.names import Names

from influencr.engine import Engine
from influencr.service.rights import limits, signed


class Place(NamedTuple):
    """What a test has at hand; `rita` is the DID of somebody on the network."""

    engine: Engine
    client: Client
    world: World
    names: Names
    pages: dict[str, str]
    site: str
    rita: str

    def look(self, who: str) -> str:
        """The page that answers who is looked up."""
        return self.client.get("/creators", {"who": who}).content.decode()

    def begin(self, profile: str) -> str:
        """The address under which a profile is proven."""
        response = self.client.post("/creators/start", {"profile": profile})
        assert response.status_code == 302, response.content.decode()
        return response["Location"]

    def code(self, address: str) -> str:
        """The code that is to be put in public."""
        asked = signed.read(address.rpartition("/")[2])
        assert asked is not None
        return asked.code

    def check(self, address: str, way: str, place: str = "") -> Any:
        """Have the code looked for."""
        return self.client.post(address, {"way": way, "place": place})

    def told(self, response: Any) -> str:
        """The sentence of what was seen."""
        page = response.content.decode()
        found = re.search(r'class="rt-told" role="alert">([^<]+)<', page)
        assert found, page[-3000:]
        return found[1].replace("&#x27;", "'").replace("’", "'")

    def prove(self, profile: str) -> str:
        """The address of an open record, proven by a post."""
        address = self.begin(profile)
        self.world.write(self.rita, f"this is mine: {self.code(address)}")
        response = self.check(address, "post")
        assert response.status_code == 302, self.told(response)
        return response["Location"]

    def change(self, mine: str, **given: Any) -> Any:
        """Correct, contest, leave."""
        return self.client.post(f"{mine}/change", given)


@pytest.fixture
def place(tmp_path: Path, settings: Any) -> Iterator[Place]:
    """`tests.standins.listed`, and the pages over it."""
    from influencr.service.web import engine as door

    with listed_people(tmp_path) as around:
        settings.INFLUENCR_HOME = str(around.home)
        settings.INFLUENCR_BILLING = "none"
        door.forget_engine()
        for limit in (limits.LOOKS, limits.ASKS, limits.CHECKS, limits.PROFILES):
            limit.forget()
        limits.CASES.forget()
        limits.FILES.forget()
        with Engine(around.home) as opened:
            yield Place(opened, Client(), *around[1:])
        door.get_engine().close()
        door.forget_engine()
