"""What a source that can be asked over a network owes to `influencr collect`.

The class that is announced under `influencr.sources` has, besides `name` and `batches()`, the
members of `Collectable`. It gets a `Wanted` in plain words and codes: a source knows neither topics
nor places, so the run that asks has put both into words before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self, runtime_checkable

if TYPE_CHECKING:
    from influencr.home import Home
    from influencr.sources import Batch

__all__ = ["Collectable", "Found", "Phrase", "Plan", "Report", "Scene", "Step", "Wanted"]


class Phrase(NamedTuple):
    """One way to say something; `language` is ISO 639-1, "" where it is not known."""

    text: str
    language: str = ""


class Wanted(NamedTuple):
    """What an operator looks for.

    words, place    as typed; "" and None where nothing was
    phrases         ways to say the words: as typed first, then the languages of the place
    places          names of the place: as typed first, then other names, most usual first
    countries       ISO 3166-1 alpha-2 codes that the place lies in
    languages       ISO 639-1 codes written there, most used first
    centre          latitude and longitude in degrees of a place that has a middle
    radius_km       how far around it
    handles         accounts that were named: looked at in any case, and started from
    known           native ids of creators of this network there whom the catalogue already holds
    again           native ids to be looked at once more and nothing else (a status sweep)
    followers       least and most followers of accounts whose posts and audience are asked for
    limit           at most so many accounts whose posts and audience are asked for
    """

    words: str = ""
    place: str | None = None
    phrases: tuple[Phrase, ...] = ()
    places: tuple[Phrase, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    centre: tuple[float, float] | None = None
    radius_km: float | None = None
    handles: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    followers: tuple[int | None, int | None] = (None, None)
    limit: int | None = None


class Step(NamedTuple):
    """One line of a dry run: a strategy, how many calls at most, and how fast they may go."""

    strategy: str
    calls: int
    per_second: float
    says: str


class Plan(NamedTuple):
    """What a run would do; made without a single call.

    notes   sentences for the person who asked
    """

    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()

    @property
    def calls(self) -> int:
        """Calls of all steps, an upper bound."""
        return sum(step.calls for step in self.steps)

    @property
    def seconds(self) -> float:
        """How long the calls take when every host is asked as fast as it may be."""
        return sum(step.calls / step.per_second for step in self.steps)


class Found(NamedTuple):
    """What one strategy brought.

    calls       attempts that it cost
    people      accounts that it found; 0 for a strategy that only looks closer
    only_here   of these, accounts that no other strategy found; None where that is not counted
    """

    strategy: str
    calls: int
    people: int
    only_here: int | None = None


class Scene(NamedTuple):
    """How much of what there is was found, by capture and recapture.

    n_found            accounts found that belong
    estimate           accounts that there are
    low, high          95 % interval of the estimate
    assumption         the sentence that has to be shown beside the number
    """

    n_found: int
    estimate: float
    low: float
    high: float
    assumption: str


class Report(NamedTuple):
    """What a run spent and found.

    finished   False: the same command goes on where this one ended
    scene      None where too little was found twice to say anything
    gone       references of accounts that do not exist any more; the run forgets them
    notes      sentences for the person who asked
    """

    found: tuple[Found, ...]
    finished: bool
    scene: Scene | None = None
    gone: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@runtime_checkable
class Collectable(Protocol):
    """A source that `influencr collect` can run.

    watch   set by the run: called with (strategy, calls done, calls planned) after a call
    """

    name: str
    watch: Callable[[str, int, int], None] | None

    @classmethod
    def open(cls, home: Home, wanted: Wanted, *, budget: int | None) -> Self:
        """The source ready to run, from the settings and the state in `home`; asks nobody.

        budget   calls that this run may cost, earlier parts of it included; None: the source's own

        Raises UsageError in one sentence for what is missing or cannot be meant.
        """
        ...

    def plan(self) -> Plan:
        """What `batches` would do, without a call."""
        ...

    def batches(self) -> Iterator[Batch]:
        """The rows. What stands behind a `yield` runs only when its batch is stored."""
        ...

    def report(self) -> Report:
        """What was spent and found up to now; also after a stop."""
        ...

    def close(self) -> None:
        """Let go of connections and files."""
        ...
