"""A cast of creators and an engine that answers with them, so that pages are tested as pages.

The engine is scripted: what it is asked is kept in `asked`, what it answers is set by the test.
Searching itself is tested where it lives.
"""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import msgspec
import pytest

from influencr.engine._rights import Person
from influencr.errors import UnknownValue, UsageError
from influencr.kept import Kept, kept_key
from influencr.records import Policy
from influencr.search import (
    FacetValue,
    FunnelStep,
    Hit,
    Loosening,
    Match,
    PlaceChoice,
    Query,
    Results,
)

NOW = datetime(2026, 11, 22, 23, 40, tzinfo=UTC)


def creator(**changes: Any) -> dict[str, Any]:
    """A creators row of an ordinary creator, with changes."""
    return {
        "indexed": True,
        "profile_id": "bluesky:did:plc:juno",
        "platform": "bluesky",
        "handle": "junosauerteig.example",
        "display_name": "Juno Sauerteig",
        "bio_text": "Vegane Bäckerin in Neukölln. Sauerteig, Hafermilch, kein Ei.",
        "language": "de",
        "links": ["https://juno.example/rezepte"],
        "place_level": "city",
        "place_id": 2950159,
        "place_name": "Berlin",
        "place_label": "Berlin, Germany",
        "country": "DE",
        "admin1": "DE-BE",
        "lat": 52.52,
        "lon": 13.4,
        "place_confidence": 0.95,
        "place_reason": "declared city 'Berlin'",
        "place_basis": "declared",
        "place_evidence": [
            "declared city 'Berlin' -> Berlin, Germany",
            "against: flag of Nigeria in the bio",
            "besides: bio: 'from Lagos' -> Lagos, Nigeria",
        ],
        "other_place_ids": [2332459, 2759794],
        "other_place_labels": ["Lagos, Nigeria", "Amsterdam, Netherlands"],
        "other_place_roles": ["origin", "lives"],
        "topics": ["baking", "vegan food"],
        "topic_weights": [0.8, 0.5],
        "topic_evidence": ["bio: Bäckerin, Sauerteig", "bio: vegane"],
        "followers": 6840,
        "following": 312,
        "posts_count": 1204,
        "likes_received": None,
        "account_created_at": datetime(2019, 4, 1, tzinfo=UTC),
        "activity_state": "active",
        "last_post_at": datetime(2026, 11, 21, tzinfo=UTC),
        "posts_per_week": 3.5,
        "activity_n_posts": 40,
        "activity_reason": "last post 1 day before the observation",
        "engagement_rate": 0.051,
        "engagement_definition": "median_of_posts",
        "engagement_n_posts": 12,
        "engagement_reason": "Median of (likes + replies) over 12 posts / 6840 followers.",
        "verdict": "unknown",
        "verdict_reason": "No followers of this creator were observed.",
        "label": "creator",
        "label_reason": "one person's words",
        "influence": None,
        "influence_reason": "Influence is not computed in this version.",
        "closeness": None,
        "closeness_reason": "Closeness is not computed in this version.",
        "is_verified": None,
        "is_business": None,
        "post_text": "Heute: Roggen mit Kümmel.\nWer backt am Sonntag mit?",
        "n_posts_seen": 40,
        "source": "import:bakers.csv",
        "fetched_at": NOW,
        "licence": "user-import",
        "policy": int(Policy.default()),
        "contact_email": None,
        "contact_source": None,
        **changes,
    }


def hit(row: dict[str, Any] | None = None, **changes: Any) -> Hit:
    """A hit on a creators row."""
    row = row or creator()
    given: dict[str, Any] = {
        "profile_id": row["profile_id"],
        "platform": row["platform"],
        "handle": row["handle"],
        "score": 0.72,
        "parts": {"words": 0.96, "place": 0.75},
        "why": (),
        "creator": row,
        **changes,
    }
    return Hit(**given)


def results(*hits: Hit, **changes: Any) -> Results:
    """An answer with these hits."""
    given: dict[str, Any] = {
        "query": {},
        "total": len(hits),
        "hits": hits,
        "facets": {},
        "funnel": (),
        "loosenings": (),
        "place": None,
        "unlocated": None,
        "next": None,
        "as_of": NOW,
        "generation": 7,
        "demo": False,
        "took_ms": 3.2,
        **changes,
    }
    return Results(**given)


class Suggested(NamedTuple):
    """A place as the gazetteer suggests it."""

    label: str
    kind: str
    population: int
    n_creators: int = 0

    @property
    def typed(self) -> str:
        return self.label


class Shelf:
    """What members keep, in memory: brands or saved searches, with what looking at them tells."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}
        self.told: dict[str, Any] = {}
        self.calls: list[tuple[Any, ...]] = []
        self.refusal: Exception | None = None

    def list(self) -> list[Any]:
        return [self.kept[name] for name in sorted(self.kept)]

    def all(self) -> list[Any]:
        return self.list()

    def get(self, name: str) -> Any:
        if name not in self.kept:
            raise UnknownValue("name", name, self.kept)
        return self.kept[name]

    def save(self, *what: Any) -> Any:
        if self.refusal is not None:
            raise self.refusal
        self.calls.append(("save", *what))
        named = what[0] if isinstance(what[0], str) else what[0].name
        self.kept[named] = what[-1]
        return self.told.get(named)

    def remove(self, name: str) -> None:
        del self.kept[name]
        self.calls.append(("remove", name))

    def read(self, name: str) -> Any:
        return self.told[name]

    def run(self, name: str, *, limit: int, mark: bool) -> Any:
        self.get(name)
        self.calls.append(("run", name, limit, mark))
        if isinstance(self.told[name], Exception):
            raise self.told[name]
        return self.told[name]


class Lookout:
    """Watches and alerts in a file of the test's own; looking is tested where it lives."""

    def __init__(self, folder: Path, owner: str) -> None:
        self.kept = Kept(folder, owner).alerts
        self.refusal: Exception | None = None

    def watch(self, name: str) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.kept.watch("search", kept_key(name))

    def unwatch(self, name: str) -> bool:
        return self.kept.unwatch("search", kept_key(name))


class ScriptedDesk:
    """What listed people are answered, from the people of a scripted engine."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self.contests: list[Any] = []

    def contested(self, profile_id: str) -> list[Any]:
        return [one for one in self.contests if one.profile_id == profile_id]

    def leaving(self) -> list[Any]:
        return []

    def find(self, typed: str) -> Any:
        row = self._engine.people.get(typed)
        return None if row is None else self._person(row)

    def by_id(self, profile_id: str) -> Any:
        rows = self._engine.people.values()
        return next((self._person(r) for r in rows if r["profile_id"] == profile_id), None)

    def row(self, profile_id: str) -> Any:
        rows = self._engine.people.values()
        return next((r for r in rows if r["profile_id"] == profile_id), None)

    @staticmethod
    def _person(row: dict[str, Any]) -> Person:
        named = f"{row['platform']}:@{row['handle']}"
        why_not = "" if row.get("indexed", True) else row["why_not"]
        return Person(row["profile_id"], row["platform"], row["handle"], named, why_not, (), None)


class ScriptedEngine:
    """Answers with what the test put into it."""

    folder = Path("nowhere")
    owner = ""

    def __init__(self) -> None:
        self.asked: list[Query] = []
        self.answer: Results | Exception = results(hit())
        self.alike: Results | Exception = results(total=0)
        self.people: dict[str, dict[str, Any]] = {}
        self.vetted: dict[str, Any] = {}
        self.measured: dict[str, Any] = {}
        self.places = [Suggested("Berlin, Germany", "city", 3_700_000)]
        self.is_demo = False
        self.brands = Shelf()
        self.saved = Shelf()
        self.explained: dict[str, Any] = {}
        self.compared: Any = None
        self.searcher = self
        self.planned: Any = None
        self.planned_with: Any = None
        self.kept_prices: Any = None

        self.owned: dict[str, Any] = {}
        self.rights = ScriptedDesk(self)

    def of(self, owner: str) -> Any:
        """The same answers over the shelves of one owner."""
        if owner not in self.owned:
            self.owned[owner] = other = copy.copy(self)
            other.brands, other.saved = Shelf(), Shelf()
            other.owner = owner
            other.__dict__.pop("alerts", None)
        return self.owned[owner]

    def everything(self) -> dict[str, Any]:
        return {"brands": sorted(self.brands.kept), "searches": sorted(self.saved.kept)}

    def drop(self) -> None:
        self.brands.kept.clear()
        self.saved.kept.clear()

    @property
    def index(self) -> Any:
        return self

    @property
    def home(self) -> Any:
        return SimpleNamespace(path=self.folder)

    @property
    def lists(self) -> Any:
        """The real ones, over the people of the test."""
        from influencr.engine import Lists

        return Lists(self)

    @property
    def catalogue(self) -> Any:
        return SimpleNamespace(is_removed=lambda names: names.is_in([""]))

    @property
    def as_of(self) -> datetime:
        return NOW

    def rows(self, ids: Any) -> dict[str, Any]:
        return self.creators(list(ids))

    def ids(self, who: Any) -> list[str]:
        found = []
        for name in who:
            row = self.rows([name]).get(name) or self.show(name)
            if row is None:
                raise UsageError(
                    f"{name!r} is not known here; check the spelling.", field="creator"
                )
            found.append(row["profile_id"])
        return found

    def pieces(self, query: Query, ending: str) -> Any:
        from influencr.engine._export import found, pieces

        self.asked.append(query)
        rows = found((hit.creator, hit.score, hit.distance_km) for hit in self.answer.hits)
        return pieces(rows, self.catalogue, ending, as_of=NOW, query="text=rye")

    def audiences(self) -> Any:
        return None

    def plan(self, query: Query | None = None, **fields: Any) -> Any:
        self.planned_with = (query, fields)
        if self.planned is None:
            raise UsageError("Nobody matches; loosen the filters, or name candidates.")
        return self.planned

    def keep_prices(self, prices: Any, *, currency: str) -> int:
        self.kept_prices = (dict(prices), currency)
        return len(prices)

    @cached_property
    def alerts(self) -> Lookout:
        return Lookout(self.folder, self.owner)

    def creators(self, ids: Any) -> dict[str, Any]:
        known = {row["profile_id"]: row for row in self.people.values()}
        return {who: known[who] for who in ids if who in known}

    @property
    def info(self) -> Any:
        return self

    @property
    def generation(self) -> int:
        return 7

    def snapshot(self) -> Any:
        return self

    def similar(self, who: str, **asked: Any) -> Results:
        return self.query(Query(similar=(who,)))

    def explain(self, query: Query, who: str) -> Any:
        self.asked.append(query)
        return self.explained[who]

    def compare(self, query: Query, one: str, other: str) -> Any:
        self.asked.append(query)
        return self.compared

    def query(self, query: Query) -> Results:
        self.asked.append(query)
        answer = self.alike if query.similar else self.answer
        if isinstance(answer, Exception):
            raise answer
        return answer

    def disputes(self, profile_id: str | None = None) -> list[Any]:
        return []

    def influence(self, profile_id: str, *, cohort: bool = False) -> Any:
        return self.measured.get(profile_id)

    def evidence(self, profile_id: str) -> Any:
        return self.vetted.get(profile_id)

    def show(self, reference: str) -> dict[str, Any] | None:
        return self.people.get(reference)

    def suggest_places(self, prefix: str) -> list[Suggested]:
        return [p for p in self.places if p.label.casefold().startswith(prefix.casefold())]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ScriptedEngine:
    """The engine that the pages ask."""
    from influencr.service.lists import reach
    from influencr.service.web import audiences
    from influencr.service.web import engine as door

    scripted = ScriptedEngine()
    scripted.folder = tmp_path
    door.forget_engine()
    audiences.forget_reading()
    reach.forget_reading()
    monkeypatch.setattr(door, "_open", lambda home: scripted)
    yield scripted
    door.forget_engine()
    audiences.forget_reading()
    reach.forget_reading()


@pytest.fixture
def members(settings: Any, db: None, engine: ScriptedEngine) -> Any:
    """An instance with members, and who they are (`tests.standins.members.Cast`)."""
    from tests.standins.members import Cast, open_members

    open_members(settings)
    return Cast()


@pytest.fixture
def cast() -> Any:
    """The makers above, for tests that need their own people."""

    class Cast(NamedTuple):
        creator: Any
        hit: Any
        results: Any
        now: datetime
        match: Any
        facet: Any
        step: Any
        loosening: Any
        place: Any
        replace: Any

    return Cast(
        creator,
        hit,
        results,
        NOW,
        Match,
        FacetValue,
        FunnelStep,
        Loosening,
        PlaceChoice,
        msgspec.structs.replace,
    )
