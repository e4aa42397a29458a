"""What a listed person can ask for: who is meant, all that is kept, a correction, a word, leaving.

Whether it is really them is asked in `_proving`; who may ask how often is the service's.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from influencr.engine._asking import Asking
from influencr.errors import Busy, UsageError

if TYPE_CHECKING:
    from influencr.engine._proving import Proof, Way
    from influencr.kept import Case, Departure, Statement
    from influencr.kept import Rights as Store

__all__ = ["MAX_TOPICS", "MAX_WORDS", "Desk", "Listed", "Person", "PlaceChoice"]

#: Letters of a contest or a request; our own choice, that of `engine.dispute`.
MAX_WORDS = 2_000
#: As many topics as the judge gives at most (`topics.MAX_TOPICS`).
MAX_TOPICS = 8
#: Where somebody can be: not in a union of several countries.
_KINDS = ("country", "admin1", "admin2", "city")
#: Rows of one table in the file of all that is kept; what is left out is counted there.
MOST_ROWS = 50_000
#: Seconds that a page waits for a refresh that is under way; our own choice.
_PATIENCE_SECONDS = 3.0


class Person(NamedTuple):
    """Somebody whom the catalogue knows.

    named     "tiktok:@ana", the profile id where no handle is known
    why_not   why they are not listed; "" when they are
    links     addresses that the profile gave when it was last observed
    seen_at   when that was
    """

    profile_id: str
    platform: str
    handle: str | None
    named: str
    why_not: str
    links: tuple[str, ...]
    seen_at: datetime | None


class PlaceChoice(NamedTuple):
    """A place that somebody may choose: kind is country, admin1, admin2 or city."""

    place_id: int
    label: str
    kind: str


class Listed(Asking):
    """What listed people can ask of an engine."""

    @cached_property
    def rights(self) -> Desk:
        """Where listed people are answered."""
        return Desk(self)


class Desk:
    """Everything a listed person can ask for, over one engine."""

    def __init__(self, engine: Asking) -> None:
        self._engine = engine

    @cached_property
    def _store(self) -> Store:
        from influencr.kept import Rights

        return Rights(self._engine.home.path)

    # Who.

    def find(self, typed: str) -> Person | None:
        """Who is meant, listed or not; None for nobody, and for who left: that is nobody's
        business.

        Raises UsageError naming the candidates when several are meant.
        """
        row = self._engine.show(typed)
        if row is None:
            return None
        return self._person(row, "" if row["indexed"] else row["why_not"])

    def by_id(self, profile_id: str) -> Person | None:
        """The person of exactly this profile id; None when nobody is known by it any more."""
        from influencr.pipeline import Meant, unlisted

        platform, _, native = profile_id.partition(":")
        row = self._engine.index.snapshot().creators([profile_id]).get(profile_id)
        why_not = ""
        if row is None:
            known = unlisted(self._engine.catalogue, Meant(platform, None, native))
            if not known:
                return None
            row, why_not = known[0], known[0]["why_not"]
        return self._person(row, why_not)

    def row(self, profile_id: str) -> dict[str, Any] | None:
        """The columns of docs/reference/creators; None for who is not listed."""
        return self._engine.index.snapshot().creators([profile_id]).get(profile_id)

    def _person(self, row: Mapping[str, Any], why_not: str) -> Person:
        profile_id, platform, handle = row["profile_id"], row["platform"], row["handle"]
        links, seen_at = self._links(profile_id)
        named = f"{platform}:@{handle}" if handle else profile_id
        return Person(profile_id, platform, handle, named, why_not, links, seen_at)

    def _links(self, profile_id: str) -> tuple[tuple[str, ...], datetime | None]:
        import polars as pl

        from influencr import text

        among = pl.Series([profile_id], dtype=pl.String)
        rows = self._engine.catalogue.snapshot().latest("profiles", among=among)
        found = rows.select("links", "bio_text", "fetched_at").collect().rows()
        if not found:
            return (), None
        given, bio, seen_at = found[0]
        return tuple(dict.fromkeys([*(given or ()), *text.links(bio or "")])), seen_at

    # Is it them?

    def ways(self, person: Person) -> list[Way]:
        """How this profile can be proven from here; asks nobody."""
        from influencr.engine._proving import ways

        return ways(self._engine, person)

    def prove(self, person: Person, way: str, code: str, place: str = "") -> Proof:
        """Look for the code, once, now.

        way     post, bio, dns or page
        place   for dns the domain, for page the address

        Raises what a source raises when it cannot be asked.
        """
        from influencr.engine._proving import prove

        return prove(self._engine, person, way, code, place)

    # See.

    def everything(self, profile_id: str) -> dict[str, Any]:
        """All that is kept about somebody, as plain values: every stored row, what was concluded
        and why, what they said and asked. What members noted about them is the members'.
        """
        engine = self._engine
        observed, left_out = {}, {}
        for table, rows in engine.catalogue.about(profile_id).items():
            observed[table] = [_plain(row) for row in rows.head(MOST_ROWS).iter_rows(named=True)]
            if len(rows) > MOST_ROWS:
                left_out[table] = len(rows) - MOST_ROWS
        row = engine.index.snapshot().creators([profile_id]).get(profile_id)
        return {
            "profile_id": profile_id,
            "made_at": _plain(datetime.now(UTC)),
            "observed": observed,
            "observed_left_out": left_out,
            "concluded": None if row is None else _plain(row),
            "audience_checked": _plain(self._evidence(profile_id)),
            "influence": _plain(self._influence(profile_id)),
            "said_by_you": [_plain(one) for one in self._store.statements(profile_id)],
            "asked_by_you": [_plain(one) for one in self._store.cases(profile_id)],
        }

    def _evidence(self, profile_id: str) -> Any:
        from influencr.engine._vetting import evidence

        return evidence(self._engine, profile_id)

    def _influence(self, profile_id: str) -> Any:
        from influencr.engine._influence import influence

        return influence(self._engine, profile_id, cohort=False)

    # Correct.

    def statements(self, profile_id: str) -> list[Statement]:
        """What somebody said of their place and topics."""
        return self._store.statements(profile_id)

    def place_choices(self, text: str) -> list[PlaceChoice]:
        """Places that these words may mean, the likeliest first, then the country it lies in.

        Raises UsageError or UnknownValue for words that name no single place.
        """
        from influencr.geography import Gazetteer

        gazetteer = Gazetteer.load()
        area = self._engine.read_place(text)
        if area.place_id is None or area.within_km is not None:
            raise UsageError(
                "Name one place: a city, a region or a country, without a radius.", field="place"
            )
        ids = [area.place_id]
        for asked in area.asks:
            other = self._engine.read_place(asked).place_id
            ids += [] if other is None else [other]
        if area.country is not None:
            ids.append(gazetteer.ids[gazetteer.country_row[area.country]])
        found = [gazetteer.place(int(number)) for number in dict.fromkeys(ids)]
        return [PlaceChoice(p.id, p.label, p.kind) for p in found if p.kind in _KINDS]

    def correct_place(
        self, profile_id: str, place_id: int | None, *, proven_at: datetime, way: str
    ) -> bool:
        """Put somebody where they say they are; None: no place is to be shown.

        Returns whether it is in the index already; otherwise it comes with the refresh that is
        under way, or with `apply`. Raises PlaceError for an id that the gazetteer does not know.
        """
        from influencr.geography import Gazetteer

        place = None if place_id is None else Gazetteer.load().place(place_id)
        if place is not None and place.kind not in _KINDS:
            raise UsageError(f"{place.label} is several countries; name one.", field="place")
        label = "" if place is None else place.label
        value = {"place_id": place_id, "label": label}
        return self._say(profile_id, "place", value, proven_at, way)

    def correct_topics(
        self, profile_id: str, topics: list[str], *, proven_at: datetime, way: str
    ) -> bool:
        """Put these topics in place of those that were read; the same answer as `correct_place`.

        Raises UsageError for too many, for one that is never listed about anybody, and for one
        that the lexicon does not know.
        """
        return self._say(profile_id, "topics", known_topics(topics), proven_at, way)

    def take_back(self, profile_id: str, field: str, *, proven_at: datetime, way: str) -> bool:
        """Withdraw a statement: what is read in the profile counts again."""
        return self._say(profile_id, field, None, proven_at, way)

    def _say(self, profile_id: str, field: str, value: Any, proven_at: datetime, way: str) -> bool:
        self._store.say(profile_id, field, value, proven_at=proven_at, way=way)
        return self.apply()

    def apply(self, *, patience_seconds: float = _PATIENCE_SECONDS) -> bool:
        """Bring what was said into the index; False while a refresh is under way."""
        from influencr.pipeline import apply_said

        engine = self._engine
        try:
            apply_said(
                engine.home, engine.catalogue, engine.index, patience_seconds=patience_seconds
            )
        except Busy:
            return False
        return True

    # Ask.

    def contest(
        self,
        person: Person,
        about: str,
        text: str,
        *,
        shown: bool,
        contact: str | None,
        proven_at: datetime,
        way: str,
    ) -> Case:
        """Contest a conclusion; shown on the dossier, in their words where they want it."""
        return self._store.open_case(
            "contest",
            person.profile_id,
            person.named,
            _words(text),
            about=about,
            shown=shown,
            contact=contact,
            proven_at=proven_at,
            way=way,
        )

    def ask_for_help(self, person: Person, text: str, *, contact: str) -> Case:
        """A request to the operator by somebody who cannot prove the profile from here."""
        return self._store.open_case(
            "help", person.profile_id, person.named, _words(text), contact=contact
        )

    def contested(self, profile_id: str) -> list[Case]:
        """Contests that stand on the dossier, oldest first."""
        return [
            one
            for one in self._store.cases(profile_id)
            if one.kind == "contest" and one.state != "withdrawn"
        ]

    def cases_of(self, profile_id: str) -> list[Case]:
        """Everything that somebody asked, oldest first."""
        return self._store.cases(profile_id)

    def cases(self, state: str | None = None, kind: str | None = None) -> list[Case]:
        """The operator's queue, oldest first.

        state   open, answered or withdrawn; kind: contest or help; None: all
        """
        return [
            one
            for one in self._store.cases()
            if state in (None, one.state) and kind in (None, one.kind)
        ]

    def case(self, number: int) -> Case | None:
        """One of them; None when it went with the person."""
        return self._store.case(number)

    def answer(self, number: int, text: str) -> Case:
        """Answer a case, in place of an earlier answer.

        Raises UsageError for a case that is not there, and for no words or too many.
        """
        self._store.answer(number, _words(text, "answer"))
        case = self._store.case(number)
        if case is None:
            raise UsageError(f"There is no request {number}; it went with who made it.")
        return case

    def withdraw(self, number: int, profile_id: str) -> bool:
        """Take a contest or a request back."""
        return self._store.withdraw(number, profile_id)

    # Leave.

    def ask_to_leave(self, profile_id: str, *, way: str | None = None) -> Departure:
        """Note that somebody goes; `finish_leaving` does it, and may be repeated after a kill."""
        return self._store.depart(profile_id, reason="opt_out", way=way)

    def finish_leaving(self, departure: Departure) -> Departure:
        """Take somebody out everywhere and stop the clock; waits for a refresh under way."""
        from influencr.pipeline import forget

        engine = self._engine
        if departure.profile_id is not None:
            forget(
                engine.home,
                engine.catalogue,
                engine.index,
                [departure.profile_id],
                reason=departure.reason,
            )
            self._store.departed(departure.number)
        return self._store.departure(departure.number) or departure

    def leaving(self) -> list[Departure]:
        """Removals that were asked for and are not done."""
        return self._store.leaving()

    def departure(self, number: int) -> Departure | None:
        """One removal and its clock."""
        return self._store.departure(number)

    def departures(self, limit: int = 100) -> list[Departure]:
        """The newest removals, with their clocks; nobody's name."""
        return self._store.departures(limit)


def known_topics(topics: list[str]) -> list[str]:
    """The lexicon's topics that these words mean, each once; see `Desk.correct_topics`."""
    from influencr.errors import nearest
    from influencr.text import fold
    from influencr.topics import is_sensitive, topic_names, topic_of

    names = topic_names()
    found: dict[str, None] = {}
    for typed in topics:
        word = " ".join(typed.split())[:60]
        if not word:
            continue
        if is_sensitive(word):
            raise UsageError(
                f"{word!r} stays out of topics for everybody: health, belief, politics, origin and "
                "orientation are never listed here, also not on request.",
                field="topics",
            )
        named = topic_of(word)
        topic = fold(word) if fold(word) in names else None if named is None else named.topic
        if topic is None:
            close = nearest(fold(word), names)
            hint = f"near it: {', '.join(close[:3])}" if close else "choose one that is offered"
            raise UsageError(f"{word!r} is no topic that is listed; {hint}.", field="topics")
        found[topic] = None
    if len(found) > MAX_TOPICS:
        raise UsageError(
            f"{len(found)} topics are too many; at most {MAX_TOPICS} are shown.", field="topics"
        )
    return list(found)


def _words(text: str, field: str = "text") -> str:
    """Somebody's words without what hides or turns letters; UsageError for none or too many."""
    import unicodedata

    hidden = ("Cc", "Cf", "Cs", "Co", "Cn")
    shown = "".join(
        c if c in "\n\u200d\u200c" or unicodedata.category(c) not in hidden else " " for c in text
    )
    lines = [" ".join(line.split()) for line in shown.replace("\r", "\n").split("\n")]
    tidy = "\n".join(line for line in lines if line)
    if not tidy:
        raise UsageError("Say it in a few words.", field=field)
    if len(tidy) > MAX_WORDS:
        raise UsageError(
            f"{len(tidy):,} letters are too many; at most {MAX_WORDS:,} are kept.", field=field
        )
    return tidy


def _plain(value: Any) -> Any:
    """Plain values of anything that the engine holds, for a file."""
    match value:
        case None | bool() | int() | float() | str():
            return int(value) if isinstance(value, enum.IntFlag) else value
        case datetime():
            return value.astimezone(UTC).isoformat()
        case enum.Enum():
            return value.name
        case msgspec.Struct():
            return {f: _plain(getattr(value, f)) for f in value.__struct_fields__}
        case Mapping():
            return {str(k): _plain(v) for k, v in value.items()}
        case tuple() if hasattr(value, "_asdict"):
            return _plain(value._asdict())
        case list() | tuple() | set() | frozenset():
            return [_plain(one) for one in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    return str(value)
