"""One run over the listed servers: find who opted in, look closer at who matches, remember it.

Order: who each server is; then either the accounts that were named, or known accounts once more,
or directory, tags and search; then, for accounts that match, posts, collections and who follows
whom. The closer look comes after all servers were searched, because a follower is kept only when
their own server said that they opted in.

A server that stops answering is left for the next run, and the others are read on. What stands
behind a `yield` runs when its batch is stored, so that a kill repeats the last page and loses none.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

import msgspec

from influencr.errors import TooManyCalls, Unreachable
from influencr.records import canonical_handle, profile_id
from influencr.sources import Batch, Found, Plan, Report, Wanted
from influencr.sources.mastodon import _accounts
from influencr.sources.mastodon._accounts import Account, lives_elsewhere, read_account
from influencr.sources.mastodon._asked import PER_CALL, planned, understood
from influencr.sources.mastodon._closer import Closer, Met
from influencr.sources.mastodon._consent import REFUSALS
from influencr.sources.mastodon._frames import NAME, batch
from influencr.sources.mastodon._instance import Instance
from influencr.sources.mastodon._memory import Memory
from influencr.sources.mastodon._settings import RULE, Wishes, read_wishes
from influencr.sources.mastodon._witness import cannot_witness, witness

if TYPE_CHECKING:
    from influencr.home import Home
    from influencr.sources.http import Client, State

__all__ = ["MastodonSource"]

_STATE = "mastodon.sqlite"
#: Accounts of a directory page, statuses of a timeline and hits of a search: the documented most.
_DIRECTORY_PAGE, _TIMELINE_PAGE, _SEARCH_PAGE = 80, 40, 40
#: So many accounts asked for together and none there: the server changed, not the people. Ours.
_SUSPICIOUS = 5
#: Strategies that find people.
_FINDING = ("directory", "tags", "search", "lookup", "again")


class MastodonSource:
    """What `influencr collect mastodon` runs.

    client   asks; its contact, pace and budget are those of the operator
    wishes   which servers, and how much of each
    wanted   what is looked for
    state    remembers; stays the caller's to close
    clock    unix seconds, the instant of every row
    """

    name = NAME
    witness = staticmethod(witness)
    cannot_witness = staticmethod(cannot_witness)

    def __init__(
        self,
        client: Client,
        wishes: Wishes,
        wanted: Wanted,
        state: State,
        *,
        clock: Callable[[], float] = time.time,
        per_second: float = RULE.per_second,
    ) -> None:
        self.watch: Callable[[str, int, int], None] | None = None
        self._client, self._wishes, self._wanted, self._clock = client, wishes, wanted, clock
        self._memory = Memory(state)
        self._asked = understood(wanted)
        self._plan = planned(wanted, wishes, per_second)
        self._steps = {step.strategy: step.calls for step in self._plan.steps}
        self._command = _command(wanted, wishes)
        self._instances = [Instance(base, client, self._told) for base in wishes.bases]
        # Who was left out and why, for this process alone: each is counted once and never stored.
        self._refused: dict[str, set[str]] = {word: set() for word in REFUSALS}
        self._elsewhere: set[str] = set()
        self._n_malformed = 0
        self._notes: dict[str, str] = {}
        self._gone: list[str] = []
        #: Known accounts, of those to be looked at again, whose server was asked.
        self._reached: set[str] = set()
        self._owned: tuple[Any, ...] = ()
        self._is_finished = False

    @classmethod
    def open(cls, home: Home, wanted: Wanted, *, budget: int | None) -> Self:
        """The source of a home, from its sources.toml; UsageError when it is off."""
        from influencr.sources.http import Settings, State

        settings = Settings.read(home)
        wishes = read_wishes(settings)
        rules = settings.rules(NAME, [RULE])
        state = State(home.sources / _STATE)
        try:
            if budget is not None:
                before = Memory(state).calls_before(_command(wanted, wishes))
                budget = max(budget - sum(before.values()), 0)
            client = settings.client(NAME, rules=rules, state=state, budget=budget, robots=True)
        except BaseException:
            state.close()
            raise
        per_second = min(rule.per_second for rule in rules)
        made = cls(client, wishes, wanted, state, per_second=per_second)
        made._owned = (client, state)
        return made

    @classmethod
    def forget(cls, home: Home, names: Sequence[str]) -> int:
        """Take people out of what this source remembers; returns how many rows went."""
        from influencr.sources.http import State

        file = home.sources / _STATE
        if not file.exists():
            return 0
        with State(file) as state:
            return Memory(state).forget(names)

    def plan(self) -> Plan:
        """What a run would ask at most; asks nobody."""
        return self._plan

    def close(self) -> None:
        """Let go of the connections and the state that `open` made."""
        for owned in self._owned:
            owned.close()
        self._owned = ()

    def batches(self) -> Iterator[Batch]:
        """The rows of everybody who may be kept, and flags alone of who no longer may."""
        self._memory.begin(self._command)
        try:
            ready = [i for i in self._instances if self._introduced(i)]
            for instance in ready:
                yield from self._guarded(instance, self._finding(instance))
            for instance in ready:
                closer = Closer(instance, self._memory, self._wishes, self._now, self._met)
                yield from self._guarded(instance, closer.batches())
            self._is_finished = not any(key.startswith("later ") for key in self._notes)
            if self._is_finished:
                self._memory.finish(self._command)
        except TooManyCalls as error:
            self._notes["later budget"] = error.message
        finally:
            if not self._is_finished:
                self._memory.note_calls(self._client.by_purpose)

    def report(self) -> Report:
        """What was spent and found, who was left out and why, and what was not answered."""
        calls = self._memory.calls(self._client.by_purpose)
        found = {strategy: self._memory.found(strategy) for strategy in _FINDING}
        rows = []
        for strategy in dict.fromkeys((*self._steps, *calls)):
            mine = found.get(strategy, set())
            others = set[str]().union(*(f for s, f in found.items() if s != strategy))
            only = len(mine - others) if strategy in found else None
            rows.append(Found(strategy, calls.get(strategy, 0), len(mine), only))
        return Report(
            tuple(rows), self._is_finished, gone=tuple(self._gone), notes=tuple(self._sentences())
        )

    def _sentences(self) -> Iterator[str]:
        left_out = ", ".join(
            f"{len(self._refused[word])} {said}"
            for word, said in REFUSALS.items()
            if self._refused[word]
        )
        if left_out:
            yield f"Left out, and not kept: {left_out}."
        if self._elsewhere:
            yield (
                f"{len(self._elsewhere)} accounts of other servers were passed over: an account is "
                "read from its own server, when that is on the list."
            )
        if self._n_malformed:
            yield f"{self._n_malformed} answers were not in the documented form and were left out."
        n_left = len(set(self._wanted.again) - self._reached)
        if n_left and self._is_finished:
            yield (
                f"{n_left} known accounts live on servers that are not on the list, so nobody "
                "hears when they change their mind: list the servers, or forget the accounts."
            )
        yield from self._notes.values()
        for instance in self._instances:
            for purpose, because in instance.refusals.items():
                yield f"{instance.host} was not asked further for {purpose}: {because}"

    # Finding

    def _introduced(self, instance: Instance) -> bool:
        try:
            if instance.introduce():
                return True
        except Unreachable as error:
            self._notes[f"later {instance.base}"] = error.message
            return False
        if not instance.refusals:
            self._notes[instance.base] = f"{instance.host} does not speak Mastodon's API."
        return False

    def _guarded(self, instance: Instance, batches: Iterator[Batch]) -> Iterator[Batch]:
        """The batches of one server; one that does not answer keeps the others from nothing."""
        if f"later {instance.base}" in self._notes:
            return
        try:
            yield from batches
        except Unreachable as error:
            self._notes[f"later {instance.base}"] = error.message
        except TooManyCalls as error:
            if self._client.budget_left == 0:
                raise
            self._notes[f"later {instance.base}"] = error.message

    def _finding(self, instance: Instance) -> Iterator[Batch]:
        if self._wanted.again:
            yield from self._looked_at_again(instance)
        if self._wanted.handles:
            yield from self._looked_up(instance)
        if self._wanted.again or self._wanted.handles:
            return
        yield from self._directory(instance)
        for tag in self._asked.tags:
            params: dict[str, Any] = {"local": True, "limit": _TIMELINE_PAGE}
            path = f"/api/v1/timelines/tag/{tag}"
            yield from self._once(instance, "tags", path, params, _authors)
        for phrase in self._asked.phrases:
            params = {"q": phrase, "type": "accounts", "limit": _SEARCH_PAGE}
            yield from self._once(instance, "search", "/api/v2/search", params, _hits)

    def _directory(self, instance: Instance) -> Iterator[Batch]:
        """Everybody who opted in, page by page; the directory counts an offset and has no Link."""
        question = f"{instance.base} directory"
        if self._memory.is_asked(question):
            return
        start = int(self._memory.next_of(question) or 0)
        before: list[Any] = []
        for number in range(start, self._wishes.directory_pages):
            params = {
                "local": True,
                "order": "active",
                "limit": _DIRECTORY_PAGE,
                "offset": number * _DIRECTORY_PAGE,
            }
            page = instance.one("directory", "/api/v1/directory", params)
            if not isinstance(page, list) or not page or page == before:
                break
            yield from self._profiles(instance, "directory", page)
            self._memory.note_page(question, str(number + 1))
            before = page
        if "directory" not in instance.refusals:
            self._memory.note_asked(question)

    def _once(
        self,
        instance: Instance,
        strategy: str,
        path: str,
        params: Mapping[str, Any],
        entities: Callable[[Any], list[Any]],
    ) -> Iterator[Batch]:
        question = f"{instance.base} {path} {params.get('q', '')}"
        if self._memory.is_asked(question):
            return
        told = instance.one(strategy, path, params)
        if told is not None:
            yield from self._profiles(instance, strategy, entities(told), match=True)
        self._memory.note_asked(question)

    def _looked_up(self, instance: Instance) -> Iterator[Batch]:
        for handle in self._wanted.handles:
            written = canonical_handle(handle, platform=NAME) or ""
            user, _, host = written.partition("@")
            if not user or host not in instance.hosts:
                continue
            told = instance.one("lookup", "/api/v1/accounts/lookup", {"acct": user})
            if told is not None:
                yield from self._profiles(instance, "lookup", [told], match=True)

    def _looked_at_again(self, instance: Instance) -> Iterator[Batch]:
        """Known accounts of this server: who is gone, who says no by now, and what changed."""
        numbers: dict[str, str] = {}
        for native in self._wanted.again:
            name = profile_id(NAME, native_id=native)
            kept = self._memory.known(name)
            if kept is not None and kept.base == instance.base:
                numbers[kept.id] = name
                self._reached.add(native)
            elif kept is None:
                user, _, host = (canonical_handle(native, platform=NAME) or "").partition("@")
                if user and host in instance.hosts:
                    self._reached.add(native)
                    told = instance.one("again", "/api/v1/accounts/lookup", {"acct": user})
                    if told is not None:
                        yield from self._profiles(instance, "again", [told])
        waiting = [n for n in numbers if not self._memory.is_asked(f"{instance.base} {n}")]
        for first in range(0, len(waiting), PER_CALL):
            group = waiting[first : first + PER_CALL]
            told = instance.one("again", "/api/v1/accounts", {"id[]": group})
            entities = [e for e in told if isinstance(e, Mapping)] if isinstance(told, list) else []
            missing = sorted(set(group) - {str(e.get("id")) for e in entities})
            left: list[str] = []
            for number in missing:
                entity, is_gone = instance.account("again", number)
                if is_gone:
                    left.append(numbers[number])
                elif entity is not None:
                    entities.append(entity)
            entities = [e for e in entities if self._is_still(instance, e, numbers)]
            if len(left) == len(group) >= _SUSPICIOUS:
                # A server that was set up anew knows none of its old numbers; nobody left.
                self._notes[f"later {instance.base}"] = (
                    f"{instance.host} knows none of {len(group)} accounts any more; nothing was "
                    "concluded from that."
                )
                return
            if left:
                yield batch("profiles", [_accounts.gone(n, at=self._now()) for n in left])
                self._memory.drop(left)
                self._gone += left
            yield from self._profiles(instance, "again", entities)
            for number in group:
                if "again" not in instance.refusals:
                    self._memory.note_asked(f"{instance.base} {number}")

    def _is_still(self, instance: Instance, entity: Any, numbers: Mapping[str, str]) -> bool:
        """Whether the account under a number is the one that was asked for."""
        told = read_account(entity, domain=instance.domain, hosts=instance.hosts)
        if told is None or numbers.get(told.id) != told.name:
            self._n_malformed += 1
            return False
        return True

    # Keeping

    def _profiles(
        self, instance: Instance, strategy: str, entities: Sequence[Any], *, match: bool = False
    ) -> Iterator[Batch]:
        """Rows of those of these accounts who may be kept and were not seen in this run.

        match   they are what was looked for, whatever their own words say
        """
        rows: list[dict[str, Any]] = []
        accounts: list[Account] = []
        names: list[str] = []
        chosen: set[str] = set()
        left: list[str] = []
        room = self._room(instance)
        for account in self._read(instance, entities):
            known = self._memory.known(account.name)
            if account.refused is not None:
                self._refused[account.refused].add(account.name)
                if known is not None or self._is_catalogued(account.name):
                    rows.append(_accounts.withdrawn(account, at=self._now()))
                    left.append(account.name)
                continue
            names.append(account.name)
            seen = known is not None and known.seen == self._memory.run
            is_new = known is None or known.chosen != self._memory.run
            if (
                is_new
                and len(chosen) < room
                and strategy != "again"
                and self._is_in_bounds(account)
                and (match or self._asked.matches(account.words))
            ):
                chosen.add(account.name)
            if not seen:
                topics = self._featured(instance, account) if account.name in chosen else None
                rows.append(_accounts.shown(account, at=self._now(), topics=topics))
            accounts.append(account)
        if rows:
            yield batch("profiles", rows)
        self._memory.keep(instance.base, accounts, frozenset(chosen))
        self._memory.drop(left)
        self._memory.note_found(strategy, names)

    def _met(self, instance: Instance, entities: Sequence[Any]) -> Met:
        """Who of the accounts in a list of followers may be kept, and who no longer may.

         an account of another server counts when its own server, on the
        list, said that it opted in.
        """
        names: list[str] = []
        unseen: list[Account] = []
        left: list[Account] = []
        here = []
        for entity in entities:
            if not lives_elsewhere(entity, instance.domain):
                here.append(entity)
                continue
            uri = entity.get("uri")
            if isinstance(uri, str) and self._memory.known(f"{NAME}:{uri}") is not None:
                names.append(f"{NAME}:{uri}")
            else:
                self._elsewhere.add(str(entity.get("acct")))
        for account in self._read(instance, here):
            known = self._memory.known(account.name)
            if account.refused is not None:
                self._refused[account.refused].add(account.name)
                if known is not None or self._is_catalogued(account.name):
                    left.append(account)
                continue
            names.append(account.name)
            if known is None or known.seen != self._memory.run:
                unseen.append(account)
        return Met(names, unseen, left)

    def _read(self, instance: Instance, entities: Sequence[Any]) -> Iterator[Account]:
        for entity in entities:
            if lives_elsewhere(entity, instance.domain):
                self._elsewhere.add(str(entity.get("acct")))
                continue
            account = read_account(entity, domain=instance.domain, hosts=instance.hosts)
            if account is None:
                self._n_malformed += 1
            else:
                yield account

    def _featured(self, instance: Instance, account: Account) -> list[str] | None:
        path = f"/api/v1/accounts/{account.id}/featured_tags"
        told = instance.one("featured tags", path)
        if not isinstance(told, list):
            return None
        tags = [str(t.get("name") or "").strip() for t in told if isinstance(t, Mapping)]
        return list(dict.fromkeys(tag for tag in tags if tag))

    def _room(self, instance: Instance) -> int:
        """How many more accounts of this server may be looked at closer."""
        if self._wanted.handles:
            return len(self._wanted.handles)
        room = self._wishes.creators - self._memory.n_chosen(instance.base)
        if self._wanted.limit is not None:
            everywhere = sum(self._memory.n_chosen(i.base) for i in self._instances)
            room = min(room, self._wanted.limit - everywhere)
        return max(room, 0)

    def _is_in_bounds(self, account: Account) -> bool:
        least, most = self._wanted.followers
        n = account.followers
        if n is None:
            return least is None and most is None
        return (least is None or n >= least) and (most is None or n <= most)

    def _is_catalogued(self, name: str) -> bool:
        native = name.removeprefix(f"{NAME}:")
        return native in self._wanted.known or native in self._wanted.again

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)

    def _told(self, purpose: str) -> None:
        if self.watch is not None:
            done = self._client.by_purpose.get(purpose, 0)
            self.watch(purpose, done, max(self._steps.get(purpose, 0), done))


def _authors(told: Any) -> list[Any]:
    statuses = told if isinstance(told, list) else []
    return [status.get("account") for status in statuses if isinstance(status, Mapping)]


def _hits(told: Any) -> list[Any]:
    accounts = told.get("accounts") if isinstance(told, Mapping) else None
    return accounts if isinstance(accounts, list) else []


def _command(wanted: Wanted, wishes: Wishes) -> str:
    """What makes two commands the same, as a digest: it would name people otherwise."""
    said = (
        *(wanted.words, wanted.place, wanted.phrases, wanted.places, wanted.handles),
        *(wanted.again, wanted.followers, wanted.limit, wishes),
    )
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()
