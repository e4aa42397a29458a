"""Whether an audience looks real, as the dossier shows it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from influencr.kept import Dispute
from influencr.pipeline.vetting import FollowerStates, Vetted
from influencr.records import BoughtShare, Checked, Evidence, Verdict
from influencr.service.web.vetting import vetting

AS_OF = datetime(2026, 6, 1, tzinfo=UTC)


def share(**known: Any) -> BoughtShare:
    fields = dict.fromkeys(
        ("point", "lo", "hi", "rest_point", "rest_lo", "rest_hi", "followers", "se", "sp")
    ) | dict.fromkeys(("calibration", "model_version", "cohort_p90", "cohort_p95"))
    numbers = {"level": 0.95, "members": 0, "n": 0, "flagged": 0, "n_seen": 900, "n_se": 0}
    rest = {"n_sp": 0, "whole": True, "method": "none", "reason": "Not told."}
    return BoughtShare(**{**fields, **numbers, **rest, **known})


def evidence(family: str, **known: Any) -> Evidence:
    plain = {"statistic": "x", "value": 1.0, "p": None, "q": None, "from_at": None, "to_at": None}
    rest = {"members": 0, "members_hash": None, "share": None, "fires": False, "chart": None}
    more = {"checked": (), "effect": "", "version": "1"}
    return Evidence(**{**plain, **rest, **more, "family": family, **known})


def looked_at(*rows: Evidence, bought: BoughtShare | None = None) -> Vetted:
    verdict = Verdict(
        status="needs_a_look",
        sentence="One sign is unusual.",
        share=bought or share(),
        evidence=rows,
        as_of=AS_OF,
        checked_at=AS_OF,
        n_seen=900,
        followers=1_000,
        version="7",
    )
    return Vetted(
        profile_id="bluesky:1",
        platform="bluesky",
        handle="ana",
        verdict=verdict,
        families=tuple(row.family for row in rows),
        states=FollowerStates(active=450, quiet=0, dormant=90, unknown=360),
        map=None,
    )


def test_nobody_looked_at_has_no_section() -> None:
    assert vetting(None) is None


def test_every_test_is_listed_findings_first_then_quiet_then_not_run() -> None:
    streak = evidence(
        "C",
        fires=True,
        members=90,
        share=0.1,
        q=1e-12,
        from_at=datetime(2026, 3, 3, tzinfo=UTC),
        to_at=datetime(2026, 3, 5, tzinfo=UTC),
        effect="without this: vetted",
    )
    told = vetting(looked_at(evidence("B"), evidence("B"), streak))
    assert told is not None
    first, second, *rest = told.findings
    assert (first.result.text, first.test) == ("Unusual", "Creation date × arrival")
    assert "90" in first.seen
    assert "10" in first.seen
    assert first.strength == "p < 10⁻⁶"
    assert first.effect == "vetted"
    assert (second.result.text, second.test) == ("Quiet", "Bursts of arrivals")
    assert {line.result.text for line in rest} == {"Not run"}
    assert len(told.findings) == 8


@pytest.mark.parametrize(("outcome", "result"), [("found", "Explained"), ("not found", "Unusual")])
def test_a_finding_that_a_pack_explains_says_so(outcome: str, result: str) -> None:
    checked = (Checked(alternative="pack", outcome=outcome, detail="A list of that week."),)
    told = vetting(looked_at(evidence("G", fires=True, members=40, checked=checked)))
    assert told is not None
    assert told.findings[0].result.text == result
    assert [(c.name, c.detail) for c in told.causes] == [
        ("Starter pack or list", "A list of that week.")
    ]


def test_a_share_stands_with_its_interval_or_as_at_least_or_not_at_all() -> None:
    known = vetting(looked_at(bought=share(point=0.164, lo=0.134, hi=0.192)))
    least = vetting(looked_at(bought=share(lo=0.2)))
    nothing = vetting(looked_at())
    assert known is not None
    assert least is not None
    assert nothing is not None
    assert (known.share, known.interval) == ("16\u00a0%", "13.4–19.2\u00a0%")
    assert known.low < known.dot < known.low + known.width
    assert (least.share, least.interval) == ("at least 20\u00a0%", "")
    assert nothing.share == ""


def test_followers_by_last_activity_add_up() -> None:
    told = vetting(looked_at())
    assert told is not None
    assert [state.kind for state in told.states] == ["active", "dormant", "unknown"]
    assert sum(state.width for state in told.states) == pytest.approx(200)


def test_what_stands_beside_the_question_says_so() -> None:
    ring = evidence("X", statistic="reciprocal_ring", fires=True, members=40, share=0.04)
    replies = evidence(
        "E",
        statistic="generic_replies",
        value=0.6,
        checked=(
            Checked(
                alternative="a small circle",
                outcome="not checked",
                detail="40 replies of 30 people.",
            ),
        ),
    )
    last = evidence(
        "A", statistic="last_post", value=3.2, chart='{"basis":"uploads","meaning":"Only uploads."}'
    )
    told = vetting(looked_at(ring, replies, last, evidence("A", statistic="posting_rate_change")))
    assert told is not None
    lines = {line.test: (line.result.text, line.seen) for line in told.findings}
    assert lines["Reciprocal group"][0] == "Beside"
    assert lines["What the replies say"][1].endswith("40 replies of 30 people.")
    assert lines["Posts now"] == ("Quiet", "last post 3\N{NO-BREAK SPACE}days ago. Only uploads.")
    assert lines["Posts as before"] == ("Quiet", "as before")
    assert told.causes == ()


def test_disputes_are_told_without_their_reasons() -> None:
    noted = Dispute(1, "bluesky:1", AS_OF, "private words", "vetted", None, None, None, None)
    checked = noted._replace(checked_at=AS_OF, after="needs_a_look", changed=True, version="2")
    told = vetting(looked_at(), [noted, checked, checked._replace(after="vetted")])
    assert told is not None
    first, second, third = told.disputes
    assert "to be checked again" in first
    assert second.endswith("needs a look.")
    assert third.endswith("vetted, as before.")
    assert "private" not in " ".join(told.disputes)
