"""Web page, REST, Python here and far away, and MCP give one answer: ids, their order, and counts.

Random but seeded questions over the invented world, asked of a real server over loopback, and of
the official client of MCP. `INFLUENCR_EXAMPLES=34` asks 510 of them, INFLUENCR_TEST_HOME over
another invented world.
"""

import asyncio
import html
import json
import os
import random
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

import influencr
from influencr.answers import Answers
from influencr.engine import Engine
from influencr.errors import InfluencrError
from influencr.search import SORTS, VERDICTS, make_query, query_to_params

# The first of them waits for the world and the server.
pytestmark = [pytest.mark.allow_hosts(["127.0.0.1"]), pytest.mark.timeout(900)]

N = 15 * int(os.environ.get("INFLUENCR_EXAMPLES", "1"))
#: The least of the words that a page says of how many there are.
_TOTAL = re.compile(r"<h1[^>]*>\s*([\d,]+|Nobody|No)\b")
_WHO = re.compile(r'name="who" value="([^"]+)"')


class Told(NamedTuple):
    """Who was found, in order, and how many there are; or the sentence of a refusal."""

    ids: tuple[str, ...] = ()
    total: int = 0
    refused: str = ""


@pytest.fixture(scope="module")
def engine(tiny_home: Path) -> Iterator[Engine]:
    with Engine(tiny_home) as opened:
        yield opened


class Asker:
    """Questions as people ask them, with words, places and numbers of the world."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self._rng = random.Random(seed)
        rows = [hit.creator for hit in engine.every(everything=True)]
        self._ids = [row["profile_id"] for row in rows]
        said = " ".join(
            f"{row['display_name'] or ''} {row['bio_text'] or ''} {row['post_text'] or ''}"
            for row in rows
        )
        self._words = sorted({word for word in re.findall(r"\w{2,}", said) if word.isprintable()})
        self._topics = sorted({topic for row in rows for topic in row["topics"] or ()})
        self._places = sorted({row["place_label"] for row in rows if row["place_label"]})
        self._countries = sorted({row["country"] for row in rows if row["country"]})
        self._languages = sorted({row["language"] for row in rows if row["language"]})
        self._platforms = sorted({row["platform"] for row in rows})

    def question(self) -> dict[str, Any]:
        rng = self._rng
        fields: dict[str, Any] = {"limit": rng.choice([1, 5, 20, 20, 50])}
        if rng.random() < 0.7:
            fields["text"] = self._text()
        if rng.random() < 0.6:
            fields["everything"] = True
        for _ in range(rng.choice([0, 1, 1, 2, 3])):
            fields |= self._filter()
        if rng.random() < 0.4:
            fields["sort"] = rng.choice(SORTS)
        return fields

    def _text(self) -> str:
        rng = self._rng
        pieces = [
            rng.choice([*self._topics, *self._words]) for _ in range(rng.choice([1, 1, 2, 3]))
        ]
        form = rng.random()
        if form < 0.1:
            return f"{pieces[0][:3]}*"
        if form < 0.2:
            return f'"{pieces[0]}"'
        if form < 0.3 and len(pieces) > 1:
            return f"{pieces[0]} -{pieces[1].split()[0]}"
        if form < 0.4:
            # A slip: two letters change places.
            at, word = rng.randrange(max(1, len(pieces[0]) - 1)), pieces[0]
            return word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]
        if form < 0.5:
            return f"{pieces[0]} in {rng.choice(self._places)}"
        return " ".join(pieces)

    def _filter(self) -> dict[str, Any]:
        rng = self._rng
        return rng.choice(
            [
                lambda: {"place": rng.choice(self._places)},
                lambda: {"place": rng.choice(["Nowhere at all", "Atlantis by the sea"])},
                lambda: {"near": rng.choice(self._places), "within_km": rng.choice([20, 150, 900])},
                lambda: {"country": rng.sample(self._countries, 2)},
                lambda: {"platform": rng.sample(self._platforms, 2)},
                lambda: {"language": [rng.choice(self._languages)]},
                lambda: {"topic": rng.sample(self._topics, 2)},
                lambda: {"followers_min": rng.choice([10, 50, 200, 1_000])},
                lambda: {"followers_max": rng.choice([100, 1_000, 10_000])},
                lambda: {"engagement_min": rng.choice([0.01, 0.05, 0.2])},
                lambda: {"influence_min": rng.choice([20, 50.5, 90])},
                lambda: {"active_within_days": rng.choice([3, 30, 400])},
                lambda: {"posts_per_week_min": rng.choice([0.5, 2])},
                lambda: {"account_days_min": rng.choice([100, 900])},
                lambda: {"growth_min": rng.choice([-0.1, 0, 0.2]), "growth_months": 3},
                lambda: {"verdict": [rng.choice(VERDICTS)]},
                lambda: {"lockstep": ["none", "unknown"]},
                lambda: {"similar": [rng.choice(self._ids)]},
                lambda: {"exclude": rng.sample(self._ids, 3)},
                lambda: {"has_contact": True},
            ]
        )()


def of_python(asks: Any, fields: dict[str, Any]) -> tuple[Told, str | None]:
    try:
        found = asks.search(**fields)
    except InfluencrError as error:
        return Told(refused=str(error)), None
    return Told(tuple(hit.profile_id for hit in found.hits), found.total), found.next


def of_document(document: dict[str, Any]) -> Told:
    if "error" in document:
        return Told(refused=document["error"]["message"])
    return Told(tuple(hit["profile_id"] for hit in document["hits"]), document["total"])


def fetched(address: str, body: dict[str, Any] | None = None) -> str:
    request = urllib.request.Request(address)
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            if error.code != 422 and "/api/" in address:
                raise AssertionError(f"{address}: {error.code}") from error
            return error.read().decode()


def of_page(served: str, params: str, refused: str) -> Told:
    page = html.unescape(fetched(f"{served}/search?{params}"))
    if refused and refused in page:
        return Told(refused=refused)
    said = _TOTAL.search(page)
    assert said is not None, page[:3_000]
    total = 0 if said[1] in ("Nobody", "No") else int(said[1].replace(",", ""))
    return Told(tuple(dict.fromkeys(_WHO.findall(page))), total)


def answers(served: str, engine: Engine, fields: dict[str, Any], mcp: Any) -> dict[str, Told]:
    """What every face says to one question, and to its second page."""
    told: dict[str, Told] = {}
    with influencr.connect(served) as remote:
        for page in ("first", "second"):
            told[f"{page} engine"], after = of_python(engine, fields)
            told[f"{page} remote"], after_remote = of_python(remote, fields)
            assert after_remote == after
            try:
                params = urlencode(query_to_params(make_query(**fields)), doseq=True)
            except InfluencrError:
                return told
            refused = told[f"{page} engine"].refused
            told[f"{page} web"] = of_page(served, params, refused)
            address = f"{served}/api/v1/search"
            told[f"{page} get"] = of_document(json.loads(fetched(f"{address}?{params}")))
            told[f"{page} post"] = of_document(json.loads(fetched(address, fields)))
            told[f"{page} mcp"] = of_document(mcp("search", fields))
            counted = mcp("count", fields)
            if not refused:
                assert counted["total"] == told[f"{page} engine"].total
            if after is None:
                return told
            fields = {**fields, "after": after}
    return told


def test_every_face_gives_the_same_answer(served: str, engine: Engine) -> None:
    from mcp import Client

    from influencr.mcp import Tools, make_server

    asker = Asker(engine, seed=2026)
    n_found = n_refused = n_pages = 0

    async def ask() -> None:
        nonlocal n_found, n_refused, n_pages
        loop = asyncio.get_running_loop()
        async with Client(make_server(Tools(Answers(engine)))) as client:

            def mcp(name: str, fields: dict[str, Any]) -> dict[str, Any]:
                waiting = client.call_tool(name, fields)
                result = asyncio.run_coroutine_threadsafe(waiting, loop).result(120)
                document: dict[str, Any] = result.structured_content or {}
                return document

            for _ in range(N):
                fields = asker.question()
                told = await asyncio.to_thread(answers, served, engine, fields, mcp)
                for page in ("first", "second"):
                    alike = {one for face, one in told.items() if face.startswith(page)}
                    assert len(alike) <= 1, (fields, told)
                n_found += bool(told["first engine"].ids)
                n_refused += bool(told["first engine"].refused)
                n_pages += "second engine" in told

    asyncio.run(ask())
    # Questions that nobody answers to prove little.
    assert n_found > N / 3
    assert n_pages > N / 10
    assert N < 100 or n_refused
