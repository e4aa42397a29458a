"""May this host be asked now, and if not, when? Token buckets and quotas, kept in the State.

The bucket is a generic cell rate algorithm: one instant per host says when its bucket will be full
again, and asking moves it by one interval. In every span of W seconds there are at most
`burst + per_second * W` calls, exactly, whatever the order of the callers. The instant lies in the
State, so it holds for all processes that share the file, and through kills and restarts.

What a service says about itself (`_limits`) only narrows this: no calls left means none before the
reset, whoever used them up.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from influencr.errors import TooManyCalls, UsageError
from influencr.sources.http._limits import Reading
from influencr.sources.http._state import State

__all__ = ["Pace", "Rule", "checked_rules", "counter", "host_of"]


class Rule(NamedTuple):
    """How often a host may be asked.

    host         a name, "name:port", "*.end.of.name" or "*"; each real host has its own bucket
    per_second   calls per second in the long run
    burst        calls that may follow each other at once
    daily        units per day; None = no such limit
    zone         whose midnight starts that day
    bucket       name of a second counter on the same host
    refusals     so many 401 or 403 in a row close the host for this run
    """

    host: str
    per_second: float
    burst: int = 1
    daily: int | None = None
    zone: str = "UTC"
    bucket: str = ""
    refusals: int = 5


# For hosts that nobody set a rule for, such as a redirect's target.
_UNKNOWN = Rule("*", 1.0)
# Seconds that a clock may be set back before what it said earlier is put aside; our own choice.
_CLOCKS_DIFFER = 60.0
_PORTS = {"https": 443, "http": 80, "wss": 443, "ws": 80}


def host_of(url: str) -> str:
    """Host of an address, with its port when that is not the scheme's own.

    >>> host_of("https://example.org/a"), host_of("http://127.0.0.1:2583/xrpc")
    ('example.org', '127.0.0.1:2583')
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    name = f"[{host}]" if ":" in host else host
    if parts.port is None or parts.port == _PORTS.get(parts.scheme):
        return name
    return f"{name}:{parts.port}"


def counter(host: str, bucket: str) -> str:
    """The name under which a host's calls are counted."""
    return f"{host} {bucket}" if bucket else host


def checked_rules(rules: Iterable[Rule]) -> list[Rule]:
    """The rules; UsageError for one that allows nothing or names an unknown time zone."""
    kept = [rule._replace(host=rule.host.casefold()) for rule in rules]
    for rule in kept:
        if not (rule.per_second > 0 and rule.burst >= 1 and rule.refusals >= 1):
            raise UsageError(
                f"The rule for {rule.host} allows no call: per_second must be above 0, "
                "burst and refusals at least 1.",
                field="limits",
            )
        if rule.daily is not None and rule.daily < 0:
            raise UsageError(f"The rule for {rule.host}: daily is below 0.", field="limits")
        _zone(rule.zone)
    return kept


class Pace:
    """The rules of one client over a State."""

    def __init__(self, rules: list[Rule], state: State) -> None:
        self._rules = rules
        self._state = state

    @property
    def named(self) -> list[Rule]:
        """Rules that name one host."""
        return [rule for rule in self._rules if "*" not in rule.host]

    def rule(self, host: str, bucket: str = "") -> Rule:
        """The most exact rule for a host; with a bucket, one for that bucket."""
        name = host.rpartition(":")[0] if host[-1:].isdigit() and ":" in host else host
        fitting = [
            rule
            for rule in self._rules
            if rule.bucket == bucket
            and (
                rule.host in (host, name, "*")
                or (rule.host.startswith("*.") and name.endswith(rule.host[1:]))
            )
        ]
        if bucket and not fitting:
            raise UsageError(f"{host} has no rule for the bucket {bucket!r}.", field="limits")
        exact = max(fitting, key=lambda r: (r.host == host, "*" not in r.host, len(r.host)),
                    default=_UNKNOWN)  # fmt: skip
        return exact._replace(host=host)

    def take(self, rule: Rule, units: int, clock: Callable[[], float]) -> float:
        """Count a call and return 0, or count nothing and return how many seconds to wait.

        Raises TooManyCalls when the day's units do not suffice; `until` is the next midnight.
        """
        key, interval = counter(rule.host, rule.bucket), 1.0 / rule.per_second
        slack = (rule.burst - 1) * interval
        with self._state.transaction() as connection:
            # Read inside, or somebody who waited for the lock would act on an instant of before.
            now = clock()
            if rule.daily is not None:
                self._check_day(rule, key, units, now)
            full_at, paused_until, remaining, reset_at = self._row(key)
            if full_at > now + rule.burst * interval + _CLOCKS_DIFFER:
                # Told by a clock that ran ahead of ours, or under a slower rule: start empty.
                full_at = now + rule.burst * interval
            if rule.bucket:  # a pause of the host holds for all its buckets
                paused_until = max(paused_until, self._row(rule.host)[1])
            earliest = max(full_at - slack, paused_until)
            if remaining is not None and reset_at is not None and reset_at > now:
                if remaining < 1:
                    earliest = max(earliest, reset_at)
                remaining -= 1
            if earliest > now:
                return earliest - now
            connection.execute(
                "INSERT OR REPLACE INTO pace VALUES (?, ?, ?, ?, ?)",
                (key, max(full_at, now) + interval, paused_until, remaining, reset_at),
            )
            day = _day(rule.zone, now)
            connection.execute(
                "INSERT INTO spent VALUES (?, ?, ?) "
                "ON CONFLICT DO UPDATE SET units = units + excluded.units",
                (key, day, units),
            )
        return 0.0

    def _check_day(self, rule: Rule, key: str, units: int, now: float) -> None:
        used = self._state.spent(key, _day(rule.zone, now))
        if rule.daily is not None and used + units > rule.daily:
            until = _next_day(rule.zone, now)
            moment = datetime.fromtimestamp(until, UTC)
            raise TooManyCalls(
                f"{key} allows {rule.daily:,} units a day and {used:,} are used; "
                f"the next day starts at {moment:%Y-%m-%d %H:%M} UTC.",
                until=until,
            )

    def _row(self, key: str) -> tuple[float, float, int | None, float | None]:
        with self._state.transaction() as connection:
            found = connection.execute(
                "SELECT full_at, paused_until, remaining, reset_at FROM pace WHERE host = ?", (key,)
            ).fetchone()
        return found or (0.0, 0.0, None, None)

    def heed(self, rule: Rule, reading: Reading, now: float) -> None:
        """Narrow the pace to what an answer's headers say."""
        if reading == Reading():
            return
        key = counter(rule.host, rule.bucket)
        with self._state.transaction() as connection:
            full_at, paused_until, remaining, reset_at = self._row(key)
            if reading.retry_at is not None:
                paused_until = max(paused_until, reading.retry_at)
            if reading.remaining is not None:
                until = reading.reset_at if reading.reset_at is not None else reset_at
                same_window = reset_at is not None and until is not None and reset_at > now
                if same_window and remaining is not None and abs((until or 0) - reset_at) < 2:  # type: ignore[operator]
                    # Answers may overtake each other: the smaller number is the later one.
                    remaining = min(remaining, reading.remaining)
                else:
                    remaining = reading.remaining
                reset_at = until
            connection.execute(
                "INSERT OR REPLACE INTO pace VALUES (?, ?, ?, ?, ?)",
                (key, full_at, paused_until, remaining, reset_at),
            )

    def pause(self, host: str, until: float) -> None:
        """Nobody asks this host before that instant (unix seconds)."""
        self.heed(Rule(host, 1.0), Reading(retry_at=until), 0.0)

    def left(self, rule: Rule, now: float) -> int | None:
        """Units left of today; None without a daily limit."""
        if rule.daily is None:
            return None
        used = self._state.spent(counter(rule.host, rule.bucket), _day(rule.zone, now))
        return max(0, rule.daily - used)


@functools.cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(f"zone: {name!r} is no time zone that is known here.") from None


def _day(zone: str, now: float) -> str:
    return datetime.fromtimestamp(now, _zone(zone)).date().isoformat()


def _next_day(zone: str, now: float) -> float:
    today = datetime.fromtimestamp(now, _zone(zone)).date()
    return datetime.combine(today + timedelta(days=1), time(), _zone(zone)).timestamp()
