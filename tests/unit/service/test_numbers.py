from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from influencr.service.web import numbers

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0.0, "0"),
        (0.00004, "<0.01"),
        (0.0042, "0.42"),
        (0.0512, "5.1"),
        (0.12, "12"),
        (1.5, "150"),
        (12.3, "1,230"),
    ],
)
def test_percent(share: float, written: str):
    assert numbers.percent(share) == written


@pytest.mark.parametrize(
    ("days", "written"),
    [
        (0, "today"),
        (1, "1\xa0d\xa0ago"),
        (89, "89\xa0d\xa0ago"),
        (100, "3\xa0months\xa0ago"),
        (800, "Sep\xa02024"),
    ],
)
def test_ago(days: int, written: str):
    assert numbers.ago(NOW - timedelta(days=days), NOW) == written


def test_something_dated_after_the_index_is_not_in_the_past():
    assert numbers.ago(NOW + timedelta(days=3), NOW) == "today"


def test_small_numbers_are_never_rounded_to_nothing():
    assert numbers.cadence(0.02) == "<0.1"
    assert numbers.cadence(0) == "0.0"
    assert numbers.factor(0.0004) == "0.0004"
    assert numbers.km(0.2) == "under 1\xa0km"
