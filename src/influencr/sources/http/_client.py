"""How are services asked? Slowly enough, named, within a budget, and never led astray.

One client per source and run. It waits for its turn (`_pace`), counts every attempt before it is
made, tries again what may pass (`_RETRIED`), follows redirects by hand with every address checked,
and turns everything else into one sentence without secrets. It never decides what an answer means.
"""

from __future__ import annotations

import logging
import random as _random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import msgspec

from influencr.errors import (
    BadAnswer,
    InfluencrError,
    NotThere,
    Refused,
    Rejected,
    ServiceError,
    TooManyCalls,
    Unreachable,
)
from influencr.sources.http._addresses import Allowed, check_url
from influencr.sources.http._answer import Answer, Call, NotSent, Transport, origin_of
from influencr.sources.http._budget import Budget
from influencr.sources.http._compose import composed, user_agent
from influencr.sources.http._limits import Reading, read_limits
from influencr.sources.http._pace import Pace, Rule, checked_rules, counter, host_of
from influencr.sources.http._redact import Redactor
from influencr.sources.http._robots import Robots
from influencr.sources.http._state import State

__all__ = ["Client"]

_log = logging.getLogger("influencr.sources.http")

# What may pass by itself (RFC 9110 and 6585); everything else of 4xx fails the same way again.
_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
# Of these a service says that it did not act on the call, so a POST may be sent again.
_NOT_TAKEN = frozenset({425, 429, 503})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 5
# Back-off: a random wait up to 0.5 s * 2^attempt, at most a minute ("full jitter").
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 60.0
_BODY_SHOWN = 4_000
_MEBIBYTE = 1 << 20


class Client:
    """Asks services over HTTP. Thread-safe; close it, or use it as a context manager.

    contact     e-mail address or https address of whoever runs this; NoContact without
    rules       pace and quota per host; hosts without one are asked once a second
    budget      attempts of this run, retries and redirects included; None = no limit
    state       where pace and quotas are kept; by default they end with the client
    allow       base addresses that the settings name: the only private ones that are asked
    secrets     texts that appear in no error, log or recording
    transport   what sends a call; by default the network
    clock       unix seconds; `sleep` waits that many
    random      0 to 1, for the jitter
    attempts    how often one call is tried, at least 1
    max_wait    seconds; a host that wants a longer pause ends the call with TooManyCalls
    robots      whether robots.txt is read and kept
    """

    def __init__(
        self,
        *,
        contact: str | None,
        rules: Sequence[Rule] = (),
        budget: int | None = None,
        state: State | None = None,
        allow: Sequence[str] = (),
        secrets: Sequence[str] = (),
        transport: Transport | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = _random.random,
        attempts: int = 5,
        max_wait: float = 900.0,
        robots: bool = False,
        connect_timeout: float = 10.0,
        read_timeout: float = 30.0,
        total_timeout: float = 120.0,
    ) -> None:
        self._agent = user_agent(contact)
        checked = checked_rules(rules)
        self._allowed = Allowed(allow)
        kept = state if state is not None else State(":memory:")
        self._owned = kept if state is None else None
        self._pace = Pace(checked, kept)
        self._budget = Budget(budget)
        self._redact = Redactor(secrets)
        self._transport = transport
        self._timeouts = (connect_timeout, read_timeout, total_timeout)
        self._clock, self._sleep, self._random = clock, sleep, random
        self._attempts = max(1, attempts)
        self._max_wait = max_wait
        self._robots = Robots(kept, clock) if robots else None
        self._lock = threading.Lock()
        self._refused: Counter[str] = Counter()
        self._asked: set[tuple[str, str]] = set()
        self._close_transport: Callable[[], None] | None = None

    # Asking

    def get(
        self,
        url: str,
        params: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = 16 * _MEBIBYTE,
        purpose: str = "",
        bucket: str = "",
        units: int = 1,
    ) -> Answer:
        """What a service answers to a GET: status 2xx, or 304 when a header asked for that.

        params      text, numbers, truth values; lists repeat the name; None is left out
        max_bytes   larger bodies are a BadAnswer, packed or unpacked
        purpose     under which the call is counted in `by_purpose`
        bucket, units   which of the host's counters pays, and how much

        Raises Refused (401, 403, 451, robots.txt, address), NotThere (404, 410), Rejected (other
        4xx), BadAnswer, Unreachable (after all attempts) and TooManyCalls.
        """
        call = self._call("GET", composed(url, params), headers, b"", max_bytes)
        return self._ask(call, purpose, bucket, units)

    def post(
        self,
        url: str,
        *,
        json: Any = None,
        body: bytes = b"",
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = 16 * _MEBIBYTE,
        purpose: str = "",
        bucket: str = "",
        units: int = 1,
    ) -> Answer:
        """What a service answers to a POST; sent again only when it cannot have been taken.

        json   is sent as JSON in place of `body`. The rest as in `get`.
        """
        given = dict(headers or {})
        if json is not None:
            body = msgspec.json.encode(json)
            given.setdefault("content-type", "application/json")
        call = self._call("POST", composed(url, params), given, body, max_bytes)
        return self._ask(call, purpose, bucket, units)

    def pause(self, place: str, until: float) -> None:
        """Nobody asks this host (a url or a host) before that instant (unix seconds)."""
        self._pace.pause(host_of(place) if "://" in place else place, until)

    # Counting

    @property
    def calls(self) -> int:
        """Attempts of this run."""
        return self._budget.calls

    @property
    def budget_left(self) -> int | None:
        """Attempts that may still be made; None without a budget."""
        return self._budget.left

    @property
    def spent(self) -> Mapping[str, int]:
        """Units of this run, by "host" or "host bucket"."""
        return self._budget.by_host

    @property
    def by_purpose(self) -> Mapping[str, int]:
        """Attempts of this run, by purpose."""
        return self._budget.by_purpose

    @property
    def left(self) -> Mapping[str, int | None]:
        """Units left of today, by "host" or "host bucket"; None without a daily limit."""
        now = self._clock()
        rules = {counter(r.host, r.bucket): r for r in self._pace.named}
        with self._lock:
            asked = sorted(self._asked)
        for host, bucket in asked:
            rules[counter(host, bucket)] = self._pace.rule(host, bucket)
        return {name: self._pace.left(rule, now) for name, rule in sorted(rules.items())}

    # Inside

    def _call(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        body: bytes,
        max_bytes: int,
    ) -> Call:
        sent = {"user-agent": self._agent, "accept": "*/*", "accept-encoding": "gzip, deflate"}
        sent |= {name.lower(): value for name, value in (headers or {}).items()}
        return Call(method, url, sent, body, max_bytes)

    def _ask(self, call: Call, purpose: str, bucket: str, units: int) -> Answer:
        try:
            if self._robots is not None:
                self._robots.check(call.url, self._agent, self._robots_file)
            return self._follow(call, purpose, bucket, units)
        except ServiceError as error:
            raise self._clean(error, call.url) from None

    def _robots_file(self, url: str) -> Answer:
        return self._follow(self._call("GET", url, None, b"", _MEBIBYTE), "robots.txt", "", 1)

    def _follow(self, call: Call, purpose: str, bucket: str, units: int) -> Answer:
        is_named = self._holds(call.url)
        for _ in range(_MAX_REDIRECTS + 1):
            answer = self._persist(call, purpose, bucket, units)
            if answer.status not in _REDIRECTS:
                return answer
            call = self._next(call, answer, is_named=is_named)
            bucket, units = "", 1
        raise Rejected(
            f"{origin_of(call.url)} redirects more than {_MAX_REDIRECTS} times.",
            status=answer.status,
        )

    def _holds(self, url: str) -> bool:
        check_url(url, self._allowed)
        return self._allowed.holds(url)

    def _next(self, call: Call, answer: Answer, *, is_named: bool) -> Call:
        """The call that a redirect asks for, when it may be made."""
        place = origin_of(call.url)
        target = urljoin(call.url, answer.headers.get("location", "").partition("#")[0])
        if call.method != "GET" or not answer.headers.get("location"):
            raise Rejected(
                f"{place} redirects a call that is not redirected.", status=answer.status
            )
        if urlsplit(target).scheme != "https" and call.url.startswith("https:"):
            raise Refused(f"{place} redirects from https to something less.", status=answer.status)
        if self._holds(target) and not is_named:
            raise Refused(
                f"{place} redirects to an address of this machine or its network.",
                status=answer.status,
            )
        headers = dict(call.headers)
        if origin_of(target) != place:
            # Keys and conditions were meant for the first host.
            kept = ("user-agent", "accept", "accept-encoding", "accept-language")
            headers = {name: value for name, value in headers.items() if name in kept}
        return call._replace(url=target, headers=headers)

    def _persist(self, call: Call, purpose: str, bucket: str, units: int) -> Answer:
        """One address, tried until it answers; the statuses that end it become errors."""
        rule = self._pace.rule(host_of(call.url), bucket)
        with self._lock:
            self._asked.add((rule.host, bucket))
        failure: ServiceError | None = None
        for attempt in range(self._attempts):
            self._check_open(rule)
            self._wait_for_turn(rule, units, purpose)
            try:
                answer = self._send(call)
            except Unreachable as error:
                failure = error
                if call.method != "GET" and not isinstance(error, NotSent):
                    raise
                self._back_off(attempt)
                continue
            reading = read_limits(answer.headers, self._clock())
            self._heed(rule, answer.status, reading, attempt)
            if answer.status < 400 or answer.status not in _RETRIED:
                return self._judged(answer, call, rule)
            failure = self._error(Unreachable, "answered only with errors", answer, call)
            if call.method != "GET" and answer.status not in _NOT_TAKEN:
                raise failure
            if answer.status != 429 and reading.retry_at is None:
                self._back_off(attempt)
        if failure is None:
            failure = Unreachable(f"{origin_of(call.url)} was not asked.")
        raise failure

    def _send(self, call: Call) -> Answer:
        with self._lock:
            if self._transport is None:
                from influencr.sources.http._wire import Wire

                connect, read, total = self._timeouts
                wire = Wire(self._allowed, connect=connect, read=read, total=total)
                self._transport, self._close_transport = wire, wire.close
            transport = self._transport
        answer = transport(call)
        if len(answer.body) > call.max_bytes:
            raise BadAnswer(f"{origin_of(call.url)} sent more than {call.max_bytes:,} bytes.")
        _log.debug("%s %s: %d", call.method, self._redact(call.url), answer.status)
        return answer

    def _wait_for_turn(self, rule: Rule, units: int, purpose: str) -> None:
        """Returns when the call may be made; it is then counted everywhere."""
        self._budget.take(counter(rule.host, rule.bucket), purpose, units)
        try:
            while (seconds := self._pace.take(rule, units, self._clock)) > 0:
                if seconds > self._max_wait:
                    raise TooManyCalls(
                        f"{rule.host} is not to be asked for another {seconds:,.0f} seconds.",
                        until=self._clock() + seconds,
                    )
                self._sleep(seconds)
        except BaseException:
            self._budget.give_back(counter(rule.host, rule.bucket), purpose, units)
            raise

    def _heed(self, rule: Rule, status: int, reading: Reading, attempt: int) -> None:
        now = self._clock()
        if status == 429 and reading.retry_at is None:
            # Everybody waits, not only this call: until the reset, else as a back-off.
            until = reading.reset_at
            if until is None or until <= now:
                until = now + self._wait(attempt)
            reading = reading._replace(retry_at=until)
        elif status not in _RETRIED:
            reading = reading._replace(retry_at=None)
        self._pace.heed(rule, reading, now)

    def _judged(self, answer: Answer, call: Call, rule: Rule) -> Answer:
        status = answer.status
        with self._lock:
            if status in (401, 403):
                self._refused[rule.host] += 1
            elif status < 400:
                self._refused[rule.host] = 0
        if 200 <= status < 300 or status in _REDIRECTS or status == 304:
            return answer
        if status in (401, 403, 451):
            raise self._error(Refused, "refused the call", answer, call)
        if status in (404, 410):
            raise self._error(NotThere, "has no such thing", answer, call)
        raise self._error(Rejected, "did not accept the call", answer, call)

    def _check_open(self, rule: Rule) -> None:
        with self._lock:
            refused = self._refused[rule.host]
        if refused >= rule.refusals:
            raise Refused(
                f"{rule.host} refused {refused} calls in a row and is not asked again in this run; "
                "check the key and what it is allowed to do."
            )

    def _error(
        self, kind: type[ServiceError], words: str, answer: Answer, call: Call
    ) -> ServiceError:
        text = answer.body[:_BODY_SHOWN].decode("utf-8", "replace")
        return kind(
            f"{origin_of(call.url)} {words} ({answer.status}, {urlsplit(call.url).path}).",
            status=answer.status,
            url=call.url,
            body=text,
        )

    def _clean(self, error: ServiceError, url: str) -> InfluencrError:
        """The same error with every secret taken out of its texts."""
        error.message = self._redact(error.message)
        error.args = (error.message,)
        error.url = self._redact(error.url or url)
        error.body = self._redact(error.body)
        return error

    def _wait(self, attempt: int) -> float:
        return min(_LONGEST_WAIT, _FIRST_WAIT * 2.0**attempt) * (0.5 + self._random() / 2)

    def _back_off(self, attempt: int) -> None:
        if attempt + 1 < self._attempts:
            self._sleep(self._wait(attempt))

    def __repr__(self) -> str:
        return f"Client(calls={self.calls}, budget_left={self.budget_left})"

    def close(self) -> None:
        """Close the connections; a second call does nothing."""
        if self._close_transport is not None:
            self._close_transport()
        if self._owned is not None:
            self._owned.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
