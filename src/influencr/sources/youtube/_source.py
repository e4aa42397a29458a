"""Channels by keyword, place and topic: found by searches, then looked at fifty at a time.

Searching is what is scarce (100 a day), so its answers are kept in the state file with the mark
that they were asked; looking at a channel costs 2.02 units of 10,000 a day (a fiftieth of
channels.list, one page of its uploads, one videos.list) and ends in rows. Rows of GROUP channels
are given at a time, and what stands behind the `yield` marks them. What was said of a channel whose
videos are still to be read lies in the state file meanwhile, so a kill costs the videos of one
group again and nothing else. When budget or quota end, what is complete is given, the run says
until when it rests, and the same command goes on at that very call.

Looking again (`Wanted.again`) asks for the channel every time and for its videos when they were
stored more than AGAIN_DAYS ago: counts and status are what changes within a week, and videos must
be had again before they run out on day 30 [own choice].
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import batched
from typing import TYPE_CHECKING, Any, Self

from influencr.errors import TooManyCalls, UsageError
from influencr.records import canonical_handle
from influencr.sources._allowance import Allowance
from influencr.sources._collecting import Found, Plan, Report, Step
from influencr.sources._frames import batches_of
from influencr.sources._keyed import Keyed
from influencr.sources.youtube import _mapping
from influencr.sources.youtube._api import (
    ADDRESS,
    PER_CALL,
    PER_SECOND,
    SEARCHES_PER_DAY,
    UNITS_PER_DAY,
    YouTubeApi,
    day_of,
    next_midnight,
    rules,
)
from influencr.sources.youtube._progress import Begun, Progress, prune
from influencr.sources.youtube._questions import STRATEGIES, Question, questions
from influencr.sources.youtube._terms import LICENCE, SCORES_SETTING, expires_at, policy
from influencr.sources.youtube._witness import cannot_witness, witness

if TYPE_CHECKING:
    from influencr.home import Home
    from influencr.records import Post, Profile
    from influencr.sources import Batch, Wanted
    from influencr.sources.http import Answer, Call, State

__all__ = ["AGAIN_DAYS", "GROUP", "YouTubeSource"]

#: Channels whose rows are given together: one full call of channels.list.
GROUP = PER_CALL
#: Videos stored less long ago are not asked for again; our own choice, below the 30 days kept.
AGAIN_DAYS = 20.0
_CHANNEL_ID = re.compile(r"(?:.*/channel/)?(UC[\w-]{22})(?:[/?#].*)?")
_COUNTED = {"search": "searches", "": "units"}
#: Longer than this, and a channel's words and its videos are two looks; our own choice.
ONE_LOOK_SECONDS = 3_600.0
#: Calls per search page with everything that it leads to: itself, 1 channels.list, 2 per channel.
_CALLS_PER_PAGE = 2 + 2 * PER_CALL


class YouTubeSource(Keyed):
    """The YouTube Data API with an operator's key.

    api       the calls and their counters
    state     the source's memory
    wanted    what is looked for
    budget    calls of the whole run, earlier parts included; None: what the quotas allow
    scores    the operator states that the amendment on derived metrics was accepted
    clock     unix seconds
    """

    name = "youtube"
    witness = staticmethod(witness)
    cannot_witness = staticmethod(cannot_witness)
    #: Channels per call, when known ones are looked at again.
    per_call = PER_CALL

    def __init__(
        self,
        api: YouTubeApi,
        state: State,
        wanted: Wanted,
        *,
        budget: int | None = None,
        scores: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._api = api
        self._client = api.client
        self._state = state
        self._wanted = wanted
        self._budget = budget
        self._clock = clock
        self._policy = policy(derived_metrics_accepted=scores)
        self._progress = Progress(state, wanted, now=clock())
        self._notes: list[str] = []
        self._finished = False

    @classmethod
    def open(
        cls,
        home: Home,
        wanted: Wanted,
        *,
        budget: int | None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        transport: Callable[[Call], Answer] | None = None,
    ) -> Self:
        """The source over this home's settings, key and state file; asks nobody.

        Raises UsageError without a key or without anything to look for, NoContact without contact.
        """
        from influencr.sources.http import Settings, State

        settings = Settings.read(home)
        settings.check_keys("youtube", ("address", SCORES_SETTING))
        key = settings.secret("youtube", "key")
        if not key:
            raise UsageError(
                "YouTube is asked with the operator's own API key: set INFLUENCR_YOUTUBE_KEY, or "
                f"write it into {home.path / 'secrets' / 'youtube_key'}."
            )
        if not (wanted.words or wanted.phrases or wanted.handles or wanted.again):
            raise UsageError(
                "Say what to look for on YouTube, or name channels with --handle; a place alone "
                "finds nothing there.",
                field="words",
            )
        address = settings.address("youtube", "address", ADDRESS)
        state = State(cls._file(home))
        try:
            earlier = sum(Progress(state, wanted, now=clock()).calls_before.values())
            client = settings.client(
                "youtube",
                rules=rules(address),
                state=state,
                budget=None if budget is None else max(0, budget - earlier),
                secrets=[key],
                clock=clock,
                sleep=sleep,
                transport=transport,
            )
            return cls(
                YouTubeApi(client, key=key, address=address, clock=clock),
                state,
                wanted,
                budget=budget,
                scores=settings.value("youtube", SCORES_SETTING, default=False),
                clock=clock,
            )
        except BaseException:
            state.close()
            raise

    @classmethod
    def _prune(cls, state: State, *, now: float) -> int:
        return prune(state, now=now)

    @classmethod
    def allowances(
        cls, home: Home, *, clock: Callable[[], float] = time.time
    ) -> tuple[Allowance, ...]:
        """What is used of the two counters of today, Pacific time."""
        from influencr.sources.http import Settings, State

        file = cls._file(home)
        if not file.exists():
            return ()
        settings = Settings.read(home)
        own = settings.rules("youtube", rules(settings.address("youtube", "address", ADDRESS)))
        now = clock()
        midnight = datetime.fromtimestamp(next_midnight(now), UTC)
        with State(file) as state:
            return tuple(
                Allowance(
                    _COUNTED[rule.bucket],
                    state.spent(f"{rule.host} {rule.bucket}".strip(), day_of(now)),
                    rule.daily,
                    midnight,
                )
                for rule in own
                if rule.daily is not None and rule.bucket in _COUNTED
            )

    # What would be done

    def plan(self) -> Plan:
        """Upper bounds, without a call; the quotas of a day end it earlier."""
        n_searches = len(self._searches())
        n_handles, n_again = len(self._wanted.handles), len(self._wanted.again)
        n_people = n_handles + n_again + n_searches * PER_CALL
        room = self._room() - n_searches - n_handles
        n_channels = min(-(-n_people // PER_CALL), max(0, room))
        n_looked = n_people if self._wanted.limit is None else min(n_people, self._wanted.limit)
        n_uploads = max(0, min(2 * n_looked, room - n_channels))
        steps = [
            Step("search", n_searches, PER_SECOND, f"of the {SEARCHES_PER_DAY} searches of a day"),
            Step("handles", n_handles, PER_SECOND, "channels that were named"),
            Step("channels", n_channels, PER_SECOND, f"counts and words, {PER_CALL} at a time"),
            Step("uploads", n_uploads, PER_SECOND, "newest videos, two calls a channel"),
        ]
        notes = [
            f"YouTube gives {SEARCHES_PER_DAY} searches and {UNITS_PER_DAY:,} other units a day, "
            "from midnight Pacific time; a run that meets the end of them goes on the next day."
        ]
        if not self._policy & 2:
            notes.append(
                "Raw counts only: the amendment on derived metrics is not stated as accepted "
                f"([youtube] {SCORES_SETTING} in sources.toml)."
            )
        return Plan(tuple(step for step in steps if step.calls), tuple(notes))

    def _room(self) -> int:
        """Calls that budget and a day's units allow, whichever is less."""
        most = UNITS_PER_DAY + SEARCHES_PER_DAY
        return most if self._budget is None else min(most, self._budget)

    def _searches(self) -> list[Question]:
        """The questions of this run: as many as budget and a day allow, each with what follows."""
        if self._wanted.again:
            return []
        at_most = SEARCHES_PER_DAY
        if self._budget is not None:
            at_most = min(at_most, max(1, -(-self._budget // _CALLS_PER_PAGE)))
        if self._wanted.limit is not None:
            # Pages overlap: three times as many as would do if every hit were new.
            at_most = min(at_most, max(1, -(-3 * self._wanted.limit // PER_CALL)))
        return [q for _, q in zip(range(at_most), questions(self._wanted), strict=False)]

    # Doing it

    def batches(self) -> Iterator[Batch]:
        """Profiles and posts. What was found is looked at as far as budget and quotas reach."""
        self._finished = False
        try:
            self._find()
            yield from self._look()
        except TooManyCalls as error:
            self._notes.append(error.message)
        else:
            self._finished = True
            self._progress.finish()
        self._count()

    def _find(self) -> None:
        """Ask the questions that have no answer yet; nothing is given, the ids are kept."""
        for handle in self._wanted.handles:
            question = f"handle {handle}"
            if self._progress.was_asked(question):
                continue
            native = _channel_id(handle)
            if native is None and (name := canonical_handle(handle, platform=self.name)):
                native = self._api.channel_of(name, purpose="handles")
            if native is None:
                self._notes.append(f"YouTube knows no channel {handle!r}.")
            self._progress.answered(
                question, "handles", [native] if native else [], now=self._clock()
            )
            self._count()
        searches = self._searches()
        for number, question_ in enumerate(searches):
            if self._enough():
                return
            key = _key(question_)
            asked = f"{key} {question_.page}"
            if self._progress.was_asked(asked):
                continue
            token: str | None = None
            if question_.page:
                read, token = self._progress.page(key)
                if not read or token is None:
                    continue
            ids, after = self._api.search(
                question_.parameters, page=token, purpose=question_.strategy
            )
            self._progress.answered(asked, question_.strategy, ids, now=self._clock())
            self._progress.next_page(key, after)
            self._count()
            self._tell(question_.strategy, number + 1, len(searches))

    def _enough(self) -> bool:
        limit = self._wanted.limit
        return limit is not None and len(self._everybody()) >= limit

    def _everybody(self) -> list[str]:
        """Ids to look at: named ones first, then by strategy, each in order of id."""
        if self._wanted.again:
            return list(dict.fromkeys(self._wanted.again))
        ids: dict[str, None] = {}
        for strategy in ("handles", *STRATEGIES):
            ids |= dict.fromkeys(sorted(self._progress.found(strategy)))
        return list(ids)

    def _look(self) -> Iterator[Batch]:
        everybody = self._everybody()
        done = self._progress.looked_at()
        todo = [native for native in everybody if native not in done]
        n_read = len(self._progress.videos_read() & set(everybody))
        for group in batched(todo, GROUP):
            now = self._clock()
            begun = {n: b for n in group if (b := self._progress.begun(n)) is not None}
            if fresh := [native for native in group if native not in begun]:
                items = self._api.channels(fresh, purpose="channels")
                named = {str(item.get("id")): Begun(now, item, None) for item in items}
                self._progress.begin(named)
                begun |= named
            limit = self._wanted.limit
            room = None if limit is None else max(0, limit - n_read)
            videos, stopped = self._videos({n: begun[n] for n in group if n in begun}, room)
            # Whose videos could not be had any more is kept for the next part of the run.
            complete = [
                native
                for native in group
                if stopped is None
                or native in videos
                or self._playlist(native, begun.get(native)) is None
            ]
            profiles, posts = self._rows(complete, begun, videos)
            told = self._progress.told()
            yield from batches_of(row for native, row in profiles.items() if native not in told)
            self._progress.tell(profiles, now=now)
            yield from batches_of(posts)
            self._progress.stored(complete, videos, now=now)
            n_read += len(videos)
            done |= set(complete)
            self._count()
            self._tell("channels", len(done & set(everybody)), len(everybody))
            if stopped is not None:
                raise stopped

    def _playlist(self, native: str, begun: Begun | None) -> str | None:
        """Where the videos of a channel are, None when they are not to be looked at."""
        if begun is None:
            return None
        row = _mapping.channel(begun.item)
        followers = row.get("followers") if row else None
        least, most = self._wanted.followers
        if followers is not None and (
            (least is not None and followers < least) or (most is not None and followers > most)
        ):
            return None
        read_at = self._progress.uploads_read_at(native) if self._wanted.again else None
        if read_at is not None and self._clock() - read_at < AGAIN_DAYS * 86_400:
            return None
        return _mapping.may_be_read(begun.item)

    def _videos(
        self, begun: Mapping[str, Begun], room: int | None
    ) -> tuple[dict[str, list[dict[str, Any]]], TooManyCalls | None]:
        """Newest videos by id of the channels that were read, and what ended it, if anything did.

        room   at most so many channels; None = all
        """
        found: dict[str, list[dict[str, Any]]] = {}
        for native, (at, item, ids) in begun.items():
            playlist = self._playlist(native, begun[native])
            if playlist is None or (room is not None and len(found) >= room):
                continue
            try:
                if ids is None:
                    ids = tuple(self._api.uploads(playlist, purpose="uploads"))
                    self._progress.begin({native: Begun(at, item, ids)})
                found[native] = self._api.videos(ids, purpose="uploads") if ids else []
            except TooManyCalls as error:
                return found, error
        return found, None

    def _rows(
        self,
        complete: Sequence[str],
        begun: Mapping[str, Begun],
        videos: Mapping[str, list[dict[str, Any]]],
    ) -> tuple[dict[str, Profile], list[Post]]:
        from influencr.records import Post, Profile

        profiles: dict[str, Profile] = {}
        posts: list[Post] = []
        now = self._clock()
        for native in complete:
            look = begun.get(native)
            if look is None:
                if self._wanted.again:
                    row = _mapping.gone(native)
                    profiles[native] = Profile(**row, **self._provenance(now))
                continue
            told = _mapping.channel(look.item)
            if told is None:
                continue
            own = videos.get(native, [])
            shown = [post for video in own if (post := _mapping.video(video)) is not None]
            instants = [post["created_at"] for post in shown if post["created_at"] is not None]
            told["last_active_at"] = max(instants, default=None)
            if place := _mapping.recorded_at(own):
                told["place_raw"] = place
            profiles[native] = Profile(**told, **self._provenance(look.at))
            # A look holds for the instant at which it began, unless it was interrupted for long.
            at = look.at if now - look.at < ONE_LOOK_SECONDS else now
            posts += [Post(**post, **self._provenance(at)) for post in shown]
        return profiles, posts

    def _provenance(self, seconds: float) -> dict[str, Any]:
        at = datetime.fromtimestamp(seconds, UTC)
        return {
            "source": self.name,
            "fetched_at": at,
            "fetch_method": "api",
            "licence": LICENCE,
            "expires_at": expires_at(at),
            "policy": self._policy,
        }

    # Telling about it

    def report(self) -> Report:
        """Calls and people per strategy, earlier parts of the run included."""
        calls = self._count()
        people = {s: self._progress.found(s) for s in ("handles", *STRATEGIES)}
        found = []
        for strategy, ids in people.items():
            others: set[str] = set().union(*(x for s, x in people.items() if s != strategy))
            if ids or calls.get(strategy):
                found.append(Found(strategy, calls.get(strategy, 0), len(ids), len(ids - others)))
        found += [
            Found(strategy, calls[strategy], 0)
            for strategy in ("channels", "uploads")
            if calls.get(strategy)
        ]
        return Report(tuple(found), self._finished, notes=tuple(dict.fromkeys(self._notes)))

    def _count(self) -> dict[str, int]:
        return self._progress.spent(dict(self._api.client.by_purpose))


def _channel_id(word: str) -> str | None:
    """The channel id that was given, by itself or in an address.

    >>> _channel_id("https://www.youtube.com/channel/UC0123456789012345678901")
    'UC0123456789012345678901'
    """
    found = _CHANNEL_ID.fullmatch(word.strip())
    return found[1] if found is not None else None


def _key(question: Question) -> str:
    """A question without its page, as a name in the state file."""
    return " ".join(f"{name}={value}" for name, value in sorted(question.parameters.items()))
