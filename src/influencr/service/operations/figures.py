"""What is counted while answering, and what is looked up when the figures are asked for.

Names of members, creators, places and words are no labels: a figure tells how many, never who.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

__all__ = [
    "ANSWERED",
    "HAPPENED",
    "METHODS",
    "SECONDS",
    "TURNED_AWAY",
    "answered",
    "figures",
    "taken",
]

#: Figures of this process alone: an importing program's own registry stays as it is.
REGISTRY = CollectorRegistry()

ANSWERED = Counter(
    "influencr_requests",
    "Requests answered, by the name of the address, method and status.",
    ("route", "method", "status"),
    registry=REGISTRY,
)
#: Buckets around what a page should take (150 ms alone, 1 s under load).
SECONDS = Histogram(
    "influencr_request_seconds",
    "Seconds from the beginning of a request in the service to its answer, by address.",
    ("route",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
    registry=REGISTRY,
)
SEARCHES = Counter(
    "influencr_searches",
    "Searches, by how they ended: answered, misunderstood, locked, unavailable, turned_away, "
    "failed.",
    ("ended",),
    registry=REGISTRY,
)
TURNED_AWAY = Counter(
    "influencr_turned_away",
    "Searches that had to wait for their asker's other ones (asker), or for everybody (instance).",
    ("by",),
    registry=REGISTRY,
)
HAPPENED = Counter(
    "influencr_happened",
    "What else the service did, by kind.",
    ("what",),
    registry=REGISTRY,
)
ERRORS = Counter(
    "influencr_errors",
    "Requests that failed on our side, by address.",
    ("route",),
    registry=REGISTRY,
)

# Of several processes the living ones are added up.
RUNNING = Gauge(
    "influencr_searches_running",
    "Searches being answered.",
    registry=REGISTRY,
    multiprocess_mode="livesum",
)
WAITING = Gauge(
    "influencr_searches_waiting",
    "Searches that wait for their turn.",
    registry=REGISTRY,
    multiprocess_mode="livesum",
)

#: Unknown methods are one: their names are a stranger's text.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_ENDED = {2: "answered", 3: "redirected", 4: "misunderstood", 5: "failed"}


def answered(route: str, method: str, status: int, seconds: float) -> None:
    """Count one answer."""
    ANSWERED.labels(route, method if method in METHODS else "other", str(status)).inc()
    SECONDS.labels(route).observe(seconds)
    if status >= 500 and status != 503:
        ERRORS.labels(route).inc()
    if route in ("search", "api-search"):
        told = {402: "locked", 429: "turned_away", 503: "unavailable"}
        ended = told.get(status, _ENDED.get(status // 100, ""))
        SEARCHES.labels(ended).inc()


def taken(running: int, waiting: int) -> None:
    """How many searches this process answers and lets wait for their asker's other ones."""
    RUNNING.set(running)
    WAITING.set(waiting)


class _Standing:
    """What is looked up: index, members, queue, sources. What cannot be told is left out, with
    `influencr_part_up` 0 for that part, so that one broken part does not silence the others."""

    def describe(self) -> Iterator[Metric]:
        """Nothing: registering must not open the index."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily(
            "influencr_part_up", "1 where a part answers, else 0.", labels=("part",)
        )
        for part, tell in (
            ("index", _index),
            ("members", _members),
            ("queue", _queue),
            ("sources", _sources),
        ):
            try:
                told = list(tell())
            except Exception as error:  # noqa: BLE001 - whatever broke, the other figures are told
                from influencr.service.operations.logs import event

                event("part_down", level=logging.WARNING, part=part, error=type(error).__name__)
                up.add_metric((part,), 0)
                continue
            up.add_metric((part,), 1)
            yield from told
        yield up


def _index() -> Iterator[Metric]:
    from influencr.service.web.engine import get_engine

    engine = get_engine()
    info = engine.index.snapshot().info
    yield _gauge("influencr_index_generation", "Number of the index in use.", info.generation)
    yield _gauge("influencr_index_creators", "Creators that can be found.", info.n_creators)
    if info.as_of is not None:
        yield _gauge(
            "influencr_index_as_of_seconds",
            "Unix seconds of the instant that the ages in the index refer to.",
            info.as_of.timestamp(),
        )
    if info.built_at is not None:
        yield _gauge(
            "influencr_index_built_seconds",
            "Unix seconds of when the index was last changed.",
            info.built_at.timestamp(),
        )
    yield _gauge("influencr_index_bytes", "Bytes of the index.", _bytes(engine.home.index))


def _members() -> Iterator[Metric]:
    from influencr.service.accounts import teams

    if not teams.has_members():
        return
    from influencr.service.accounts.models import Team, User
    from influencr.service.billing import entitlements

    yield _gauge("influencr_members", "People with an account.", User.objects.count())
    yield _gauge("influencr_teams", "Teams.", Team.objects.count())
    by = GaugeMetricFamily(
        "influencr_teams_by_state", "Teams by what they may do.", labels=("state",)
    )
    for state, n in entitlements.standing().items():
        by.add_metric((state,), n)
    yield by


def _queue() -> Iterator[Metric]:
    from influencr.service.accounts import teams

    if not teams.has_members():
        return
    from influencr.service.jobs.overview import overview

    told = overview()
    tasks = GaugeMetricFamily("influencr_tasks", "Tasks by state.", labels=("state",))
    for state in ("waiting", "later", "running", "failed"):
        tasks.add_metric((state,), getattr(told, state))
    yield tasks
    yield _gauge(
        "influencr_tasks_oldest_wait_seconds", "How long the oldest waits.", told.oldest_wait_s
    )
    yield _gauge("influencr_workers", "Workers that are alive.", told.workers)


def _sources() -> Iterator[Metric]:
    from influencr.service.web.engine import get_engine
    from influencr.sources.bluesky.stream import position

    home, now = get_engine().home, datetime.now(UTC).timestamp()
    written = GaugeMetricFamily(
        "influencr_source_quiet_seconds",
        "Seconds since a source last wrote down anything.",
        labels=("source",),
    )
    lag = GaugeMetricFamily(
        "influencr_source_lag_seconds",
        "Age of the newest event of a stream that was stored.",
        labels=("source",),
    )
    for file in sorted(home.sources.glob("*.sqlite")):
        written.add_metric((file.stem,), max(0.0, now - file.stat().st_mtime))
        stream = position(file) if file.stem == "bluesky" else None
        if stream is not None and stream.at_us:
            lag.add_metric((file.stem,), max(0.0, now - stream.at_us / 1e6))
    yield written
    yield lag


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)


def _bytes(folder: Path) -> int:
    total = 0
    for file in folder.rglob("*"):
        # A generation may be replaced while it is counted.
        try:
            total += file.stat().st_size
        except FileNotFoundError:
            continue
    return total


def figures() -> bytes:
    """All figures in Prometheus' text format; what is counted, of all processes together."""
    began = time.perf_counter()
    text = generate_latest(REGISTRY if _TOGETHER is None else _TOGETHER)
    SECONDS.labels("figures").observe(time.perf_counter() - began)
    return text


def _together() -> CollectorRegistry | None:
    """Where several processes answer: their counts added up, and what is looked up."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return None
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(_Standing())
    return registry


_TOGETHER = _together()
REGISTRY.register(_Standing())
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)
