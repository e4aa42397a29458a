"""Professional accounts by name, and names by hashtag, with an operator's own token.

Business discovery tells everything about one account that is named, and nothing about accounts
that are not. Hashtags find posts whose owners the API does not tell, so all that is read of them is
whom their captions mention, and those names are asked for like given ones. It is little, and the
plan says so.

What was said of an account lies in the state file until its rows are stored, so a kill costs no
call again but the one under way.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import batched
from typing import TYPE_CHECKING, Any, Self

from influencr.errors import TooManyCalls, UsageError
from influencr.records import canonical_handle
from influencr.sources._allowance import Allowance
from influencr.sources._collecting import Found, Plan, Report, Step
from influencr.sources._frames import batches_of
from influencr.sources._keyed import Keyed
from influencr.sources.instagram import _mapping
from influencr.sources.instagram._api import (
    ADDRESS,
    HASHTAG_DAYS,
    HASHTAGS,
    PER_PAGE,
    PER_SECOND,
    InstagramApi,
    rules,
)
from influencr.sources.instagram._memory import STRATEGIES, Memory, hashtags_asked, prune
from influencr.sources.instagram._terms import LICENCE, POLICY, expires_at
from influencr.sources.instagram._witness import cannot_witness, witness

if TYPE_CHECKING:
    from influencr.home import Home
    from influencr.records import Post, Profile
    from influencr.sources import Batch, Wanted
    from influencr.sources.http import Answer, Call, State

__all__ = ["EDGES", "GROUP", "InstagramSource"]

#: Accounts whose rows are given together; our own choice: at the usual pace eight minutes of work.
GROUP = 25
#: What is read of a hashtag: the most popular media, and those of the last day.
EDGES = ("top_media", "recent_media")
_NOT_A_WORD = re.compile(r"\W+", re.UNICODE)


class InstagramSource(Keyed):
    """The Instagram Graph API with an operator's token.

    api       the calls
    state     the source's memory
    wanted    what is looked for: `handles`, and hashtags made of the words
    budget    calls of the whole run, earlier parts included; None: no limit
    clock     unix seconds
    """

    name = "instagram"
    witness = staticmethod(witness)
    cannot_witness = staticmethod(cannot_witness)
    #: Accounts per call, when known ones are looked at again.
    per_call = 1

    def __init__(
        self,
        api: InstagramApi,
        state: State,
        wanted: Wanted,
        *,
        budget: int | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._api = api
        self._client = api.client
        self._state = state
        self._wanted = wanted
        self._budget = budget
        self._clock = clock
        self._memory = Memory(state, wanted, now=clock())
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
        """The source over this home's settings, token and state file; asks nobody.

        Raises UsageError without token, account id or anything to look for, NoContact without a
        contact.
        """
        from influencr.sources.http import Settings, State

        settings = Settings.read(home)
        settings.check_keys("instagram", ("address", "user"))
        token = settings.secret("instagram", "token")
        if not token:
            raise UsageError(
                "Instagram is asked with the operator's own token: set INFLUENCR_INSTAGRAM_TOKEN, "
                f"or write it into {home.path / 'secrets' / 'instagram_token'}."
            )
        user = settings.value("instagram", "user", "")
        if not (user.isascii() and user.isdecimal()):
            raise UsageError(
                "Instagram is asked on behalf of the operator's professional account: write its "
                'id as [instagram] user = "17841..." into sources.toml.',
                field="user",
            )
        if not (wanted.words or wanted.phrases or wanted.handles or wanted.again):
            raise UsageError(
                "Name Instagram accounts with --handle, or give words to read hashtags of; a place "
                "alone finds nothing there.",
                field="words",
            )
        address = settings.address("instagram", "address", ADDRESS)
        state = State(cls._file(home))
        try:
            earlier = sum(Memory(state, wanted, now=clock()).calls_before.values())
            client = settings.client(
                "instagram",
                rules=rules(address),
                state=state,
                budget=None if budget is None else max(0, budget - earlier),
                secrets=[token],
                clock=clock,
                sleep=sleep,
                transport=transport,
            )
            api = InstagramApi(client, token=token, user=user, address=address, clock=clock)
            return cls(api, state, wanted, budget=budget, clock=clock)
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
        """How many hashtags count against the last seven days."""
        from influencr.sources.http import State

        file = cls._file(home)
        if not file.exists():
            return ()
        with State(file) as state:
            asked = hashtags_asked(state, now=clock())
        first = min(asked.values(), default=None)
        renewed = (
            None if first is None else datetime.fromtimestamp(first + HASHTAG_DAYS * 86_400, UTC)
        )
        return (Allowance("hashtags of 7 days", len(asked), HASHTAGS, renewed),)

    # What would be done

    def plan(self) -> Plan:
        """Upper bounds, without a call."""
        tags = self._hashtags()
        n_named = len(self._named()) if not self._wanted.again else len(self._wanted.again)
        n_tags = len(tags) * (1 + len(EDGES)) + bool(tags)
        # A caption names fewer than one other account on average; one each is assumed.
        n_found = len(tags) * len(EDGES) * PER_PAGE
        if self._wanted.limit is not None:
            n_found = min(n_found, max(0, self._wanted.limit - n_named))
        if self._budget is not None:
            n_tags = min(n_tags, self._budget)
            n_named = min(n_named, self._budget - n_tags)
            n_found = min(n_found, max(0, self._budget - n_tags - n_named))
        steps = (
            Step("hashtags", n_tags, PER_SECOND, f"of {', '.join('#' + t for t in tags)}"),
            Step("accounts", n_named + n_found, PER_SECOND, "professional accounts, one a call"),
        )
        notes = [
            "Instagram tells about accounts that are named and nobody else: personal, private and "
            "age-gated ones are not told, and nobody can be searched for."
        ]
        if tags:
            notes.append(
                "It does not tell whose the posts under a hashtag are; only whom their captions "
                f"mention is looked at. {HASHTAGS} different hashtags may be asked for within "
                f"{HASHTAG_DAYS:.0f} days, {self._left_of_week()} are left."
            )
        return Plan(tuple(step for step in steps if step.calls), tuple(notes))

    def _left_of_week(self) -> int:
        return max(0, HASHTAGS - len(self._memory.hashtags_of_week()))

    def _hashtags(self) -> list[str]:
        """Hashtags of the words, with the place first; at most what is left of the week.

        Those that were asked for this week already are free, and stay in.
        """
        if self._wanted.again:
            return []
        words = [p.text for p in self._wanted.phrases] or [self._wanted.words]
        places = [p.text for p in self._wanted.places]
        if not places and self._wanted.place:
            places = [self._wanted.place]
        tags = [_tag(word + place) for word in words[:1] for place in places[:1]]
        tags += [_tag(place + word) for word in words[:1] for place in places[:1]]
        tags += [_tag(word) for word in words]
        counted, left = self._memory.hashtags_of_week(), self._left_of_week()
        chosen: list[str] = []
        for tag in dict.fromkeys(t for t in tags if t):
            if tag in counted:
                chosen.append(tag)
            elif left:
                chosen.append(tag)
                left -= 1
        return chosen

    def _named(self) -> list[str]:
        """Usernames that were given, folded."""
        folded = (self._folded(handle) for handle in self._wanted.handles)
        return list(dict.fromkeys(name for name in folded if name is not None))

    def _folded(self, handle: str) -> str | None:
        name = canonical_handle(handle, platform=self.name)
        return name if name is not None and _mapping.is_handle(name) else None

    # Doing it

    def batches(self) -> Iterator[Batch]:
        """Profiles and posts, as far as budget and allowance reach."""
        self._finished = False
        try:
            self._find()
            yield from self._look()
        except TooManyCalls as error:
            self._notes.append(error.message)
        else:
            self._finished = True
            self._memory.finish()
        self._count()

    def _find(self) -> None:
        """Read the hashtags that have no answer yet; nothing is given, the names are kept."""
        strange = [h for h in self._wanted.handles if self._folded(h) is None]
        self._notes += [
            f"{handle!r} cannot be an Instagram username." for handle in sorted(strange)
        ]
        self._memory.read("given", "handles", self._named(), now=self._clock())
        tags = self._hashtags()
        unread = [t for t in tags if not all(self._memory.was_read(f"{t} {e}") for e in EDGES)]
        if not unread:
            return
        new = [t for t in unread if t not in self._memory.hashtags_of_week()]
        if new:
            # Another program may have asked for the same account.
            room = HASHTAGS - self._api.searched_lately(purpose="hashtags")
            if room < len(new):
                self._notes.append(
                    f"{len(new) - max(0, room)} hashtags have to wait: {HASHTAGS} were asked for "
                    f"within {HASHTAG_DAYS:.0f} days."
                )
            unread = [t for t in unread if t not in new[max(0, room) :]]
        for number, tag in enumerate(unread):
            self._memory.count_hashtag(tag, now=self._clock())
            native = self._memory.tag_id(tag) or self._api.hashtag(tag, purpose="hashtags")
            if native is not None:
                self._memory.keep_tag_id(tag, native)
            for edge in EDGES:
                if self._memory.was_read(f"{tag} {edge}"):
                    continue
                media = (
                    self._api.under(native, edge, purpose="hashtags") if native is not None else []
                )
                named = [
                    name
                    for found in media
                    for name in _mapping.mentioned(str(found.get("caption") or ""))
                ]
                handles = dict.fromkeys(name for name in named if _mapping.is_handle(name))
                self._memory.read(f"{tag} {edge}", "hashtags", handles, now=self._clock())
            self._count()
            self._tell("hashtags", number + 1, len(unread))

    def _everybody(self) -> dict[str, str | None]:
        """Username -> account id where it is known; given ones first, then in order of name."""
        if self._wanted.again:
            names: dict[str, str | None] = {}
            n_unknown = 0
            for native in self._wanted.again:
                name = self._memory.name_of(native)
                if name is None:
                    n_unknown += 1
                else:
                    names[name] = native
            if n_unknown:
                self._notes.append(
                    f"{n_unknown} accounts cannot be asked for by id; name them with --handle."
                )
            return names
        everybody = dict.fromkeys(self._named())
        everybody |= dict.fromkeys(sorted(self._memory.found("hashtags") - set(everybody)))
        limit = self._wanted.limit
        names_ = list(everybody)[: max(limit, len(self._named()))] if limit is not None else None
        return everybody if names_ is None else dict.fromkeys(names_)

    def _look(self) -> Iterator[Batch]:
        everybody = self._everybody()
        done = self._memory.done()
        todo = [name for name in everybody if name not in done]
        n_done = len(everybody) - len(todo)
        for group in batched(todo, GROUP):
            stopped: TooManyCalls | None = None
            complete: list[str] = []
            for name in group:
                try:
                    if self._memory.answer(name) is None:
                        account = self._api.discover(name, purpose="accounts")
                        self._memory.answered(name, account, now=self._clock())
                except TooManyCalls as error:
                    stopped = error
                    break
                complete.append(name)
                self._tell("accounts", n_done + len(complete), len(everybody))
            profiles, posts = self._rows({name: everybody[name] for name in complete})
            told = self._memory.told()
            yield from batches_of(row for name, row in profiles.items() if name not in told)
            self._memory.tell(profiles, now=self._clock())
            yield from batches_of(posts)
            ids = [native for name in complete if (native := everybody[name]) is not None]
            self._memory.stored(complete, ids, now=self._clock())
            n_done += len(complete)
            self._count()
            if stopped is not None:
                raise stopped

    def _rows(self, complete: dict[str, str | None]) -> tuple[dict[str, Profile], list[Post]]:
        from influencr.records import Post, Profile

        profiles: dict[str, Profile] = {}
        posts: list[Post] = []
        for name, native in complete.items():
            kept = self._memory.answer(name)
            if kept is None:
                continue
            at = datetime.fromtimestamp(kept[0], UTC)
            provenance: dict[str, Any] = {
                "source": self.name,
                "fetched_at": at,
                "fetch_method": "api",
                "licence": LICENCE,
                "expires_at": expires_at(at),
                "policy": POLICY,
            }
            row = _mapping.account(kept[1]) if kept[1] is not None else None
            if row is not None and kept[1] is not None:
                owner = row["profile_id"]
                read = (_mapping.medium(m, owner) for m in _mapping.media_of(kept[1]))
                posts += [Post(**post, **provenance) for post in read if post is not None]
            elif native is not None:
                row = _mapping.gone(native)
            elif name in self._named():
                self._notes.append(f"{name!r} is no professional account that may be looked at.")
            if row is not None:
                profiles[name] = Profile(**row, **provenance)
        return profiles, posts

    # Telling about it

    def report(self) -> Report:
        """Calls and people per strategy, earlier parts of the run included."""
        calls = self._count()
        people = {strategy: self._memory.found(strategy) for strategy in STRATEGIES}
        given, read = people["handles"], people["hashtags"]
        found = [
            Found("handles", 0, len(given), len(given - read)),
            Found("hashtags", calls.get("hashtags", 0), len(read), len(read - given)),
            Found("accounts", calls.get("accounts", 0), 0),
        ]
        shown = tuple(f for f in found if f.calls or f.people)
        return Report(shown, self._finished, notes=tuple(dict.fromkeys(self._notes)))

    def _count(self) -> dict[str, int]:
        return self._memory.spent(self._api.client.by_purpose)


def _tag(words: str) -> str:
    """Words as one hashtag: letters and digits, folded; emoji are not supported by the API.

    >>> _tag("Specialty Coffee"), _tag("São Paulo")
    ('specialtycoffee', 'sãopaulo')
    """
    folded = unicodedata.normalize("NFC", words).casefold()
    return _NOT_A_WORD.sub("", folded).replace("_", "")
