"""Promises of a source that asks a service: kept through stops, kills, quotas and departures.

Part of `check_source`, which runs them when it is given a `Service`.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from influencr.errors import InfluencrError, TooManyCalls
from influencr.sources import Batch, Source
from influencr.sources.http import Answer, Call, NotSent, Transport
from influencr.testing._expect import demand

if TYPE_CHECKING:
    pass

__all__ = ["SERVICE_CHECKS", "Service", "closing"]

# Where a run is broken off: after so many calls or batches, and then at every so many more.
_STOPS = (1, 2, 3, 5, 8, 13, 21)
_MANY_RUNS = 500
_FAILURES = (400, 401, 403, 404, 500)
# Differ between two looks at the same thing, because waiting takes time.
_TIMES = ("fetched_at", "expires_at")


class Service(NamedTuple):
    """A source over a stand-in of its service, as the source's own test knows how to make them.

    make         (folder, transport, budget) -> a fresh source that asks through the transport and
                 writes only into the folder; with a clock and a sleep that take no time
    transport    a fresh stand-in: the same records whenever it is made
    secrets      keys and tokens that `make` hands to the source
    repeats      calls that a kill may cost again, at most (those of one unmarked batch)
    quota        part of an address -> calls that one day allows for addresses that contain it
    flags        profile_id -> column -> value that consent demands of its rows in `profiles`
    kept_out     references that stand in no row at all: who did not agree to be collected
    forget       (folder, references) -> the source's own erasure, for what it remembers
    somebody     references that the source remembers after a run, with every name they go under
    """

    make: Callable[[Path, Transport, int | None], Source]
    transport: Callable[[], Transport]
    secrets: Sequence[str] = ()
    repeats: int = 0
    quota: Mapping[str, int] = {}
    flags: Mapping[str, Mapping[str, Any]] = {}
    kept_out: Sequence[str] = ()
    forget: Callable[[Path, Sequence[str]], int] | None = None
    somebody: Sequence[str] = ()

    def alone(self, folder: Path) -> Source:
        """The source over a fresh stand-in, without a budget."""
        return self.make(folder, self.transport(), None)


class _Killed(BaseException):
    """The process ends, here."""


class _Gate:
    """A transport in front of the stand-in: counts, and does harm where it is told to."""

    def __init__(self, inner: Transport, harm: Callable[[int, Call], Answer | None]) -> None:
        self._inner = inner
        self._harm = harm
        self.urls: list[str] = []

    def __call__(self, call: Call) -> Answer:
        self.urls.append(call.url)
        answer = self._harm(len(self.urls), call)
        return self._inner(call) if answer is None else answer


def _nothing(number: int, call: Call) -> Answer | None:
    return None


@contextlib.contextmanager
def closing(source: Source) -> Iterator[Source]:
    """The source, closed at the end when it knows how to."""
    try:
        yield source
    finally:
        close = getattr(source, "close", None)
        if close is not None:
            close()


def _delivered(source: Source, taken: list[Batch], *, at_most: int | None = None) -> bool:
    """Store batches of a source; False when it was killed before it came to its end.

    at_most   the process dies when this batch is handed over and not yet stored
    """
    with closing(source):
        running = source.batches()
        for number, batch in enumerate(running, 1):
            if number == at_most:
                close = getattr(running, "close", None)
                if close is not None:
                    close()
                return False
            taken.append(batch)
    return True


def _whole(service: Service) -> tuple[list[Batch], int]:
    """What an undisturbed run gives, and its number of calls."""
    gate = _Gate(service.transport(), _nothing)
    taken: list[Batch] = []
    with tempfile.TemporaryDirectory() as folder:
        _delivered(service.make(Path(folder), gate, None), taken)
    demand(bool(taken), "the source gives no batch, so nothing can be checked")
    demand(bool(gate.urls), "the source never asks through the transport that it was given")
    return taken, len(gate.urls)


def _rows(batches: Sequence[Batch], *, timeless: bool = True) -> dict[str, set[str]]:
    """Every row by table, as text; without the instants of looking."""
    import msgspec

    rows: dict[str, set[str]] = {}
    for table, frame in batches:
        names = sorted(n for n in frame.columns if not (timeless and n in _TIMES))
        rows.setdefault(table, set()).update(
            msgspec.json.encode(row, order="sorted").decode()
            for row in frame.select(names).iter_rows(named=True)
        )
    return rows


def _same_rows(found: list[Batch], wanted: list[Batch], after: str) -> None:
    have, want = _rows(found), _rows(wanted)
    for table in sorted(have.keys() | want.keys()):
        lost = want.get(table, set()) - have.get(table, set())
        more = have.get(table, set()) - want.get(table, set())
        example = (sorted(lost) or sorted(more) or [""])[0][:300]
        demand(
            not lost and not more,
            f"{table}: {len(lost)} rows are lost and {len(more)} are other ones {after}; {example}",
        )


def _at_least_once(service: Service) -> None:
    """Killed at every batch, over and over, it still gives every row and comes to an end."""
    whole, _ = _whole(service)
    for step in (2, 3):
        taken: list[Batch] = []
        transport = service.transport()
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(_MANY_RUNS):
                if _delivered(service.make(Path(folder), transport, None), taken, at_most=step):
                    break
            else:
                raise AssertionError(f"killed at every batch {step}, it comes to no end")
        _same_rows(taken, whole, f"when it is killed at every batch {step}")


def _goes_on(service: Service) -> None:
    """Killed during a call, it goes on there: nothing lost, and no more asked again than said."""
    whole, n_calls = _whole(service)
    for stop in [s for s in _STOPS if s <= n_calls]:

        def kill(number: int, call: Call, stop: int = stop) -> Answer | None:
            if number == stop:
                raise _Killed
            return None

        gate = _Gate(service.transport(), kill)
        taken: list[Batch] = []
        with tempfile.TemporaryDirectory() as folder:
            with contextlib.suppress(_Killed):
                _delivered(service.make(Path(folder), gate, None), taken)
            _delivered(service.make(Path(folder), gate, None), taken)
        _same_rows(taken, whole, f"after a kill during call {stop}")
        again = len(gate.urls) - n_calls - 1
        demand(
            again <= service.repeats,
            f"a kill during call {stop} costs {again} calls again, {service.repeats} were promised",
        )


def _within_budget(service: Service) -> None:
    """With a budget of N calls it makes no more, and gives nothing but what a whole run gives."""
    whole, n_calls = _whole(service)
    for budget in sorted({0, 1, n_calls // 2, n_calls}):
        gate = _Gate(service.transport(), _nothing)
        taken: list[Batch] = []
        with tempfile.TemporaryDirectory() as folder, contextlib.suppress(TooManyCalls):
            _delivered(service.make(Path(folder), gate, budget), taken)
        made = len(gate.urls)
        demand(made <= budget, f"a budget of {budget} calls became {made}")
        wanted = _rows(whole)
        for table, rows in _rows(taken).items():
            strange = rows - wanted.get(table, set())
            demand(not strange, f"{table}: with a budget of {budget}, {len(strange)} other rows")


def _waits(service: Service) -> None:
    """A service that is busy, broken or away every third time gives the same rows, only later."""
    whole, _ = _whole(service)
    harms: tuple[Callable[[str], Answer], ...] = (
        lambda url: Answer(429, {"retry-after": "1"}, b"{}", url),
        lambda url: Answer(503, {}, b"<html>", url),
        _away,
    )

    def harm(number: int, call: Call) -> Answer | None:
        return harms[number // 3 % len(harms)](call.url) if number % 3 == 2 else None

    taken: list[Batch] = []
    with tempfile.TemporaryDirectory() as folder:
        gate = _Gate(service.transport(), harm)
        try:
            _delivered(service.make(Path(folder), gate, None), taken)
        except InfluencrError as error:
            raise AssertionError(f"it ends when every third call fails once: {error}") from error
    _same_rows(taken, whole, "when every third call fails once")


def _away(url: str) -> Answer:
    raise NotSent("nobody there")


def _keeps_quota(service: Service) -> None:
    """Stopped and run again within a day, it never asks for more than the day allows."""
    gate = _Gate(service.transport(), _nothing)
    with tempfile.TemporaryDirectory() as folder:
        for stop in (*_STOPS, None):
            with contextlib.suppress(TooManyCalls):
                _delivered(service.make(Path(folder), gate, None), [], at_most=stop)
    for part, most in service.quota.items():
        made = sum(part in url for url in gate.urls)
        demand(made <= most, f"{made} calls to {part} in a day that allows {most}")


def _no_secret(service: Service) -> None:
    """Keys stand in no row, no error and no file, also when the service repeats them."""
    secrets = [s for s in service.secrets if s]
    # None: as it should be, to the end and broken off in the middle.
    for status, at_most in ((None, None), (None, 2), *((s, None) for s in _FAILURES)):

        def repeat(number: int, call: Call, status: int | None = status) -> Answer | None:
            if status is None:
                return None
            said = f"{call.url} {dict(call.headers)} {secrets}".encode()
            return Answer(status, {"location": call.url}, said, call.url)

        taken: list[Batch] = []
        shown = ""
        with tempfile.TemporaryDirectory() as folder:
            gate = _Gate(service.transport(), repeat)
            try:
                _delivered(service.make(Path(folder), gate, None), taken, at_most=at_most)
            except InfluencrError as error:
                shown = repr((str(error), vars(error)))
            places = {"an error": shown.encode(), **_files(Path(folder))}
        places |= {f"a row of {t}": "".join(r).encode() for t, r in _rows(taken).items()}
        for place, content in places.items():
            found = any(secret.encode() in content for secret in secrets)
            demand(not found, f"a key stands in {place} when the service answers {status or 200}")


def _files(folder: Path) -> dict[str, bytes]:
    # A home keeps what it was given as a secret in a folder of its own.
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and "secrets" not in file.relative_to(folder).parts
    }


def _carries_consent(service: Service) -> None:
    """What a person or network said about being found stands in the rows as it was said."""
    whole, _ = _whole(service)
    profiles = [frame for table, frame in whole if table == "profiles"]
    said: Counter[str] = Counter()
    for frame in profiles:
        for row in frame.iter_rows(named=True):
            wanted = service.flags.get(row["profile_id"], {})
            said[row["profile_id"]] += 1
            for column, value in wanted.items():
                found = row.get(column)
                demand(found == value, f"{row['profile_id']}: {column} is {found!r}, not {value!r}")
    silent = sorted(service.flags.keys() - said.keys())
    demand(not silent, f"{silent[:3]} have flags and no row")
    texts = {table: "\n".join(rows) for table, rows in _rows(whole).items()}
    for reference in service.kept_out:
        there = [table for table, text in texts.items() if f'"{reference}"' in text]
        demand(not there, f"{reference} did not agree and stands in {', '.join(there)}")


def _forgets(service: Service) -> None:
    """Nothing that it remembers names who left, not even in a freed page of its files."""
    if service.forget is None:
        return
    names = [r.partition(":")[2].lstrip("@") for r in service.somebody]
    for at_most in (None, 1):  # after a whole run, and in the middle of one
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            _delivered(service.alone(folder), [], at_most=at_most)
            service.forget(folder, list(service.somebody))
            for name, content in _files(folder).items():
                left = [n for n in names if n.encode() in content]
                demand(not left, f"{name} still names {left}")


#: Promise -> check.
SERVICE_CHECKS: dict[str, Callable[[Service], None]] = {
    "gives every row at least once, killed at any batch": _at_least_once,
    "goes on where it was killed": _goes_on,
    "stays within its budget": _within_budget,
    "gets the same from a service in trouble": _waits,
    "keeps the quota of a day, run again and again": _keeps_quota,
    "shows no key": _no_secret,
    "carries consent as it was given": _carries_consent,
    "forgets who leaves": _forgets,
}
