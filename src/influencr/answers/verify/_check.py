"""A number that was told, made again from the records and set beside what is told now.

The document is built again as it was built, from rows that come from the catalogue instead of the
index, and the number is read at the same place of it. So a check covers what stands between the
records and the answer: views, judges, tables, index, document.
"""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import msgspec

from influencr.answers import documents
from influencr.answers.verify._handles import Handle, at_path, numbers_in, read_handle
from influencr.errors import Busy, HomeError, NotListed, UnknownValue, UsageError
from influencr.records import Policy
from influencr.search import Query, make_query

if TYPE_CHECKING:
    from influencr.engine import Engine
    from influencr.pipeline.recount import Alone, People, Records, Whole

__all__ = ["MAX_SECONDS", "OUTCOMES", "checked"]

type Outcome = Literal["agrees", "differs", "needs_whole", "not_listed", "not_checkable"]
OUTCOMES: Final = ("agrees", "differs", "needs_whole", "not_listed", "not_checkable")

#: Everybody is judged anew for a check only where the last whole judgement took no longer; our own
#: choice, so that a question does not become a night's work. An operator may ask for more.
MAX_SECONDS: Final = 120.0
#: Beginnings of paths in a creator's document that rest on their own records alone.
_ALONE: Final = (
    *("followers", "following", "posts_count", "likes_received", "n_posts_seen"),
    *("place.", "activity.", "engagement.", "topics."),
)
#: Of these, the counts that the profile itself states.
_STATED: Final = ("followers", "following", "posts_count", "likes_received")
_OWN_WORDS: Final = ("declared", "bio", "hints", "said", None)
#: Of two decimals made by the same steps in another order.
_RELATIVE: Final = 1e-9
#: One check at a time judges everybody anew: it takes all the memory that it may.
_whole_lock = threading.Lock()


class _Again(NamedTuple):
    """A number from the records: how it was made, from what, and the document it stands in; None
    for somebody who is not in it."""

    document: Any
    how: str
    records: tuple[Records, ...]


def checked(
    engine: Engine,
    handles: Iterable[str],
    *,
    whole: bool = False,
    max_seconds: float | None = MAX_SECONDS,
    progress: Callable[[str, int, int], None] | None = None,
) -> dict[str, Any]:
    """What the records say of each of these numbers.

    handles      as `with_handles` writes them
    whole        judge everybody anew, beside the home, for numbers that need everybody
    max_seconds  refuse that where the last whole judgement took longer; None: never refuse

    returns      `checked`, one entry a number in their order, how many have which outcome, and
                 whether records came in after the last refresh (`is_stale`)

    Each entry: `handle`, `number` (the path), `said` (in the handle), `told` (by the index now),
    `recounted` (from the records), `outcome` of OUTCOMES, `because` in one sentence, `how` it was
    made, and `records`: positions in the document's `records`, which tell which rows of which
    tables, how many, their keys and a digest. Keys of followers are not named.

    Raises UsageError for a text that is no handle or names no number of its document, HomeError
    before the first refresh, Busy while somebody else holds what a check needs.
    """
    read = [(text, read_handle(text)) for text in handles]
    with ExitStack() as stack:
        desk = _Desk(engine, stack, whole, max_seconds, progress)
        told = [
            _entry(desk, str(one) if not handle.path else text, one)
            for text, handle in read
            for one in _expanded(desk, handle)
        ]
    outcomes = [one["outcome"] for one in told]
    return {
        "checked": told,
        "records": [one._asdict() for one in desk.records],
        "outcomes": {name: outcomes.count(name) for name in OUTCOMES},
        "is_stale": desk.is_stale,
        "as_of": desk.as_of,
        "demo": engine.is_demo,
    }


def _entry(desk: _Desk, text: str, handle: Handle) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "handle": text,
        "number": handle.path,
        "said": handle.said,
        **{"told": None, "recounted": None},
    }
    try:
        entry["told"] = _number(desk.told(handle), handle)
    except NotListed as error:
        because = f"{error.message} Nothing is told of them, and nothing of them is made again."
        return entry | {"outcome": "not_listed", "because": because, "how": "", "records": []}
    again = desk.again(handle)
    if isinstance(again, str):
        outcome = "needs_whole" if handle.kind not in desk.impossible else "not_checkable"
        return entry | {"outcome": outcome, "because": again, "how": "", "records": []}
    if again.document is not None:
        entry["recounted"] = _number(again.document, handle)
    outcome, because = _outcome(entry, is_stale=desk.is_stale)
    return entry | {
        "outcome": outcome,
        "because": because,
        "how": again.how,
        "records": [desk.place_of(one) for one in again.records],
    }


def _expanded(desk: _Desk, handle: Handle) -> list[Handle]:
    """The handle; of one that names all numbers of a document, each of them."""
    if handle.path:
        return [handle]
    try:
        document = desk.told(handle)
    except NotListed:
        return [handle]
    return [handle._replace(path=path) for path, _ in numbers_in(document)]


def _number(document: Any, handle: Handle) -> Any:
    try:
        value = at_path(document, handle.path)
    except KeyError:
        raise UsageError(
            f"handles: {handle.subject} has no number at {handle.path!r}; take handles from "
            "`handles` of an answer.",
            field="handles",
        ) from None
    if isinstance(value, (dict, str)):
        raise UsageError(
            f"handles: at {handle.path!r} of {handle.subject} stands no number.", field="handles"
        )
    return list(value) if isinstance(value, tuple) else value


def _outcome(entry: dict[str, Any], *, is_stale: bool) -> tuple[Outcome, str]:
    said, told, found = entry["said"], entry["told"], entry["recounted"]
    n = sum(one is not None for one in (told, found))
    if not _same(told, found):
        why = (
            " Records came in after the last refresh; refresh, then ask again."
            if is_stale
            else " The index is not what the records say: run `influencr refresh --force`."
        )
        return "differs", f"The records give {_shown(found)}, the index tells {_shown(told)}.{why}"
    if said is not None and not _same(said, found):
        return (
            "differs",
            f"The handle says {_shown(said)}; records and index give {_shown(found)}: the number "
            "was told of another state, or was changed on the way.",
        )
    if not n:
        return "agrees", "Unknown in both: the records do not tell it, and neither does the index."
    return "agrees", f"The records give {_shown(found)}, and so does the index."


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, float) or isinstance(other, float):
        if not all(isinstance(v, int | float) for v in (one, other)):
            return bool(one == other)
        return math.isclose(one, other, rel_tol=_RELATIVE, abs_tol=1e-12)
    return bool(one == other)


def _shown(value: Any) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, list):
        return f"{len(value)} numbers"
    return f"{value:,.6g}" if isinstance(value, float) else f"{value:,}"


class _Desk:
    """What one check reads, each thing once: rows of the index, and rows from the records."""

    def __init__(
        self,
        engine: Engine,
        stack: ExitStack,
        whole: bool,
        max_seconds: float | None,
        progress: Callable[[str, int, int], None] | None,
    ) -> None:
        self._engine, self._stack, self._want_whole = engine, stack, whole
        self._max_seconds, self._progress = max_seconds, progress
        self._told: dict[str, Any] = {}
        self._again: dict[tuple[str, str], _Again | str] = {}
        self._alone: dict[str, Alone] = {}
        self.impossible: set[str] = set()
        self.records: list[Records] = []

    def place_of(self, records: Records) -> int:
        """Where these records stand among those that were read."""
        if records not in self.records:
            self.records.append(records)
        return self.records.index(records)

    @cached_property
    def is_stale(self) -> bool:
        """Whether records came in after what the index was made from."""
        from influencr.pipeline import covered_versions, judged_versions

        judged = self._engine.home.judged
        return covered_versions(judged) != judged_versions(self._engine.catalogue)

    @cached_property
    def as_of(self) -> datetime:
        """The instant that the last whole judgement refers to."""
        from influencr.pipeline import read_report

        report = read_report(self._engine.home.judged)
        if report is None:
            raise HomeError(f"{self._engine.home.path} was never judged; run `influencr refresh`.")
        return report.as_of

    # What the index tells.

    def told(self, handle: Handle) -> Any:
        """The document of a handle as it is answered now."""
        key = handle.subject
        if key not in self._told:
            self._told[key] = _plain(_TOLD[handle.kind](self, handle))
        return self._told[key]

    def _row(self, profile_id: str) -> dict[str, Any]:
        row = self._engine.show(profile_id)
        if row is None or not row["indexed"] or not Policy(row["policy"]) & Policy.SHOW_SIGNED_OUT:
            raise NotListed(profile_id, field="handles")
        return row

    def _told_creator(self, handle: Handle) -> Any:
        row = self._row(handle.who[0])
        found = self._engine.influence(row["profile_id"])
        return documents.dossier_document(row, None if found is None else found.facts)

    def _told_evidence(self, handle: Handle) -> Any:
        row = self._row(handle.who[0])
        found = self._engine.evidence(row["profile_id"])
        if found is None:
            return documents.no_evidence_document(row)
        return documents.evidence_document(found)

    def _told_overlap(self, handle: Handle) -> Any:
        for who in handle.who:
            self._row(who)
        place = _place_of(handle)
        if place is None:
            return documents.overlap_document(self._engine.overlap(handle.who))
        people = self._engine.audiences()
        if people is None:
            raise HomeError("Nobody's followers are known one by one in this home.")
        return _told_there(people, handle.who, self._engine.read_place(place))

    def _told_search(self, handle: Handle) -> Any:
        return {"total": self._engine.count(**_filters(handle))}

    # What the records say.

    def again(self, handle: Handle) -> _Again | str:
        """The same document from the records; why it cannot be made now, in words."""
        part = _part_of(handle) if handle.kind == "creator" else ""
        key = handle.subject, part
        if key not in self._again:
            self._again[key] = _AGAIN[handle.kind](self, handle, part)
        return self._again[key]

    def _again_creator(self, handle: Handle, part: str) -> _Again | str:
        who = self._row(handle.who[0])["profile_id"]
        basis = self.told(handle)["place"]["basis"]
        alone = part == "alone" and not (
            handle.path.startswith("place.") and basis not in _OWN_WORDS
        )
        if alone:
            return self._of_own_records(who, handle.path)
        whole = self._whole()
        if isinstance(whole, str):
            return whole
        row, measured = whole.row("creators", who), whole.row("influence", who)
        if row is None:
            return _Again(None, "everybody judged anew: they are not listed", whole.records)
        document = documents.dossier_document({**row, "indexed": True}, measured)
        return _Again(_plain(document), "everybody judged anew from every record", whole.records)

    def _of_own_records(self, who: str, path: str) -> _Again:
        from influencr.pipeline.recount import judge_alone, judged_at

        engine = self._engine
        if who not in self._alone:
            at = judged_at(engine.home.judged, who, engine.index.snapshot().info.as_of)
            self._alone[who] = judge_alone(
                engine.home.path, engine.catalogue.snapshot(), who, as_of=at or self.as_of
            )
        alone = self._alone[who]
        if alone.row is None:
            return _Again(None, "their own records: they may not be listed", alone.records)
        document = _plain(documents.dossier_document({**alone.row, "indexed": True}, None))
        if path in _STATED:
            deciding = alone.deciding.get(path)
            records = (deciding, alone.records[0]) if deciding else alone.records[:1]
            return _Again(document, "what the profile states, newest known value", records)
        return _Again(document, "the judges asked again with their own records", alone.records)

    def _again_evidence(self, handle: Handle, part: str) -> _Again | str:
        from influencr.pipeline.recount import count_people
        from influencr.pipeline.vetting import check_again

        engine = self._engine
        who = self._row(handle.who[0])["profile_id"]
        stored = engine.evidence(who)
        if stored is None:
            self.impossible.add("evidence")
            return "Nobody looked at this audience yet; there is nothing to make again."
        found = check_again(engine.home.judged, engine.catalogue, who)
        if found is None:
            return _Again(None, "their audience looked at again: not listed", ())
        people = count_people(
            engine.home.path,
            engine.home.judged,
            engine.catalogue.snapshot(),
            [who],
            as_of=self.as_of,
        )
        how = (
            "their audience looked at again, beside those of others; groups that only a look at "
            "everybody finds are matched against the followers of today"
        )
        return _Again(_plain(documents.evidence_document(found)), how, people.records)

    def _again_overlap(self, handle: Handle, part: str) -> _Again | str:
        from influencr.pipeline.recount import count_people

        engine = self._engine
        place = _place_of(handle)
        people = count_people(
            engine.home.path,
            engine.home.judged,
            engine.catalogue.snapshot(),
            handle.who,
            as_of=self.as_of,
            area=None if place is None else engine.read_place(place),
        )
        told = self.told(handle)
        how = "followers counted one by one, without those in batches that look bought"
        return _Again(_overlap_again(people, told), how, people.records)

    def _again_search(self, handle: Handle, part: str) -> _Again | str:
        filters = _filters(handle)
        query = make_query(**filters)
        if query.brand or (query.similar and query.similar_by == "audience"):
            self.impossible.add("search")
            return (
                "What a brand or an audience has in common is prepared for the index of the home "
                "alone, so this total cannot be made again."
            )
        whole = self._whole()
        if isinstance(whole, str):
            return whole
        total = self._engine.searcher_over(whole.index()).count(query)
        how = "everybody judged anew from every record, and the search asked of that"
        return _Again({"total": total}, how, whole.records)

    @cached_property
    def _judged(self) -> Whole:
        from influencr.pipeline.recount import judge_whole

        if not _whole_lock.acquire(blocking=False):
            raise Busy("Somebody else has everybody judged anew just now; ask again in a while.")
        self._stack.callback(_whole_lock.release)
        return self._stack.enter_context(
            judge_whole(self._engine.home, self._engine.catalogue, progress=self._progress)
        )

    def _whole(self) -> Whole | str:
        from influencr.pipeline import read_report

        report = read_report(self._engine.home.judged)
        took = 0.0 if report is None else report.seconds
        cost = f"the last whole judgement took {took:,.0f} s"
        if not self._want_whole:
            return f"This number needs everybody to be judged anew: ask with whole=true ({cost})."
        if self._max_seconds is not None and took > self._max_seconds:
            return (
                f"This number needs everybody to be judged anew, and {cost}: more than a question "
                "may cost here; the operator can run `influencr verify --whole`."
            )
        return self._judged


_TOLD: Final[dict[str, Callable[[_Desk, Handle], Any]]] = {
    "creator": _Desk._told_creator,
    "evidence": _Desk._told_evidence,
    "overlap": _Desk._told_overlap,
    "search": _Desk._told_search,
}
_AGAIN: Final[dict[str, Callable[[_Desk, Handle, str], _Again | str]]] = {
    "creator": _Desk._again_creator,
    "evidence": _Desk._again_evidence,
    "overlap": _Desk._again_overlap,
    "search": _Desk._again_search,
}


def _part_of(handle: Handle) -> str:
    """What a creator's number rests on: their stated counts and own records, or everybody."""
    own = any(
        handle.path.startswith(one) if one.endswith(".") else handle.path == one for one in _ALONE
    )
    if not own:
        return "whole"
    return "alone"


def _filters(handle: Handle) -> dict[str, Any]:
    """The filters of a search from its handle; raises as `make_query` for what cannot be asked."""
    several = {
        field.name for field in msgspec.structs.fields(Query) if isinstance(field.default, tuple)
    }
    filters: dict[str, Any] = {}
    for name, value in handle.asked:
        if name not in Query.__struct_fields__:
            raise UnknownValue("handles", name, Query.__struct_fields__)
        if name in several:
            filters[name] = (*filters.get(name, ()), value)
        else:
            filters[name] = value
    return filters


def _place_of(handle: Handle) -> str | None:
    for name, value in handle.asked:
        if name != "audience_in":
            raise UnknownValue("handles", name, ("audience_in",))
        return value
    return None


def _told_there(people: Any, who: Iterable[str], area: Any) -> dict[str, Any]:
    """Counts of people of a place, from the sets that planning counts."""
    counted, _ = people.living_in(area)
    own, times = [], Counter[int]()
    for one in who:
        there = [person for person in people.people(one) if counted[person]]
        own.append({"people": len(there)})
        times.update(there)
    return {
        "creators": own,
        "total": times.total(),
        "unique": len(times),
        "frequency": [sum(n >= k for n in times.values()) for k in range(1, len(own) + 1)],
    }


def _overlap_again(people: People, told: Any) -> dict[str, Any]:
    """The overlap document's numbers from counted people; what is not counted is as told."""
    own = dict(zip(people.ids, zip(people.own, people.flagged, strict=True), strict=True))
    known = [who for who in told.get("known", people.ids) if who in own]
    at = {who: number for number, who in enumerate(people.ids)}
    creators = []
    for number, who in enumerate(people.ids):
        before = told["creators"][number]
        n, flagged = own[who]
        is_known = before.get("people") is not None
        creators.append({**before, "people": n if n or is_known else None, "n_flagged": flagged})
    return {
        "creators": creators,
        "total": people.total,
        "unique": people.unique,
        "frequency": list(people.frequency)[: len(known)],
        "shared": [[people.shared[at[a]][at[b]] for b in known] for a in known],
    }


def _plain(document: Any) -> Any:
    return documents.plain(document)
