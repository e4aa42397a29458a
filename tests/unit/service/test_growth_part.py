"""A jump of followers is named after what brought it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import msgspec
import numpy as np
import pytest

from influencr.records import Checked
from influencr.service.web.growth import growth
from influencr.vetting.verdict import FollowerMap
from influencr.vetting.verdict._map_data import _packed

DAY = datetime(2026, 7, 10, tzinfo=UTC)


def jump(**changes: Any) -> dict[str, Any]:
    return {
        "from_at": DAY,
        "to_at": DAY + timedelta(days=1),
        "gained": 60,
        "expected": 2.0,
        "before": 30,
        "basis": "follows",
        "families": [],
        **changes,
    }


def facts(*jumps: dict[str, Any]) -> dict[str, Any]:
    at = int(DAY.timestamp())
    return {
        "growth_at": [at - 86_400, at, at + 86_400],
        "growth_followers": [30, 90, 100],
        "growth_found": list(jumps),
        "growth_reason": "100 follows that still stand",
    }


def vetted(*, evidence: Any = (), clicked: int = 0, n: int = 100) -> Any:
    kinds = np.zeros(n, dtype=np.uint8)
    kinds[30 : 30 + clicked] = 2
    drawn = FollowerMap(
        n=n,
        followers=n,
        undated=0,
        low=0,
        high=1,
        marks=_packed(kinds),
        kinds=_packed(kinds),
        parts=(),
        arrived=(),
        streaks=(),
    )
    return SimpleNamespace(
        verdict=SimpleNamespace(evidence=evidence), map=msgspec.json.encode(drawn).decode()
    )


def finding(at: datetime, outcome: str = "found") -> Any:
    detail = "A post that spread of 2026-07-10: 55 of the 60 new followers reacted to it."
    return SimpleNamespace(
        from_at=at, to_at=at, checked=[Checked(alternative="viral", outcome=outcome, detail=detail)]
    )


def test_a_post_that_explains_the_days_names_them():
    (moment,) = growth(facts(jump()), vetted(evidence=[finding(DAY)])).moments
    assert [(one.name, one.detail[:18]) for one in moment.causes] == [
        ("viral post", "A post that spread")
    ]
    drawn = growth(facts(jump()), vetted(evidence=[finding(DAY)])).chart
    assert "+60 viral post" in str(drawn)


@pytest.mark.parametrize(
    "given",
    [
        vetted(evidence=[finding(DAY + timedelta(days=9))]),
        vetted(evidence=[finding(DAY, "not found")]),
        vetted(clicked=29),
        vetted(clicked=60, n=80),
        None,
    ],
)
def test_what_explains_less_or_something_else_names_nothing(given: Any):
    (moment,) = growth(facts(jump()), given).moments
    assert moment.causes == ()


def test_a_pack_that_most_of_them_took_names_them():
    (moment,) = growth(facts(jump()), vetted(clicked=48)).moments
    (cause,) = moment.causes
    assert cause.name == "starter pack or list"
    assert cause.detail.startswith("48 of 60 who came then")


def test_a_test_that_stands_is_named_beside_the_cause():
    found = growth(facts(jump(families=["G"])), vetted(evidence=[finding(DAY)]))
    assert found.moments[0].tests == "Lockstep"
    assert 'class="found"' in str(found.chart)
