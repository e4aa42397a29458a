"""From stored follows to a verdict with evidence, and what becomes of it afterwards."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from influencr.engine import Engine
from influencr.errors import HomeError, UsageError
from influencr.pipeline import _crew
from influencr.pipeline.vetting import (
    EVIDENCE_FILE,
    STORED_EVIDENCE,
    USUAL_FILE,
    VETTING_FILE,
    VETTING_SCHEMA,
    _again,
    _conclude,
    _cut,
    _run,
)
from influencr.pipeline.vetting._conclude import corrected
from influencr.records import Evidence
from influencr.vetting.verdict import EXPLAINED_BY, as_evidence, evidence_row

from ..conftest import HEARD, NOW
from .conftest import CREATORS, DELIVERED, FANS, ORDERED_AT, append, follows, person


def is_explained(evidence: Evidence) -> bool:
    causes = EXPLAINED_BY.get(evidence.family, ())
    return any(c.alternative in causes and c.outcome == "found" for c in evidence.checked)


def of(name: str) -> str:
    return f"bluesky:did:plc:{name}"


def test_a_delivery_is_found_with_its_date_size_and_members(town: Engine) -> None:
    town.refresh()
    mara, nils, olga, *_ = town.vet([f"{name}.example" for name in CREATORS])
    assert mara.verdict.status in ("needs_a_look", "looks_inflated")
    assert {nils.verdict.status, olga.verdict.status} <= {"vetted", "unknown", "needs_a_look"}
    batch = max((e for e in mara.verdict.evidence if e.fires), key=lambda e: e.members)
    assert batch.family in "BCG"
    assert abs(batch.members - DELIVERED) <= 0.1 * DELIVERED
    assert batch.from_at is not None
    assert abs(batch.from_at - ORDERED_AT) < timedelta(days=2)
    assert batch.q is not None
    assert {c.alternative for c in batch.checked} >= {"pack", "viral", "onboarding"}
    assert not any(e.fires for e in nils.verdict.evidence if e.family in "CDG")
    assert mara.verdict.n_seen == FANS + DELIVERED
    assert mara.map is not None
    named = town.evidence_members(of("mara"))[mara.verdict.evidence.index(batch)]
    assert sum("unit" in member for member in named) >= 0.9 * DELIVERED
    # Who may be counted and not shown is not named, and the finding stays as large as it is.
    shy = sorted(member for member in named if "unit" in member)[:7]
    later = {"fetched_at": NOW + timedelta(minutes=1), "no_signed_out": True}
    rows = [{**person("x", **later), "profile_id": member, "handle": None} for member in shy]
    append(town, "profiles", rows)
    open_ones = town.evidence_members(of("mara"))[mara.verdict.evidence.index(batch)]
    assert set(open_ones) == set(named) - set(shy)


def test_what_is_beside_the_question_is_told_and_counts_for_nothing(town: Engine) -> None:
    """Who follows back, who answers, what "active" rests on: rows, and no change of the word."""
    nils = [f"fannils{number}" for number in range(FANS)]
    append(town, "follows", [follows("nils", fan, NOW - timedelta(days=9)) for fan in nils[:80]])
    answers = [
        {
            "post_id": f"answer-{number}",
            "profile_id": of(nils[number % 30]),
            "created_at": NOW - timedelta(days=2),
            "kind": "reply",
            "reply_to": f"nils-{number % 20}",
            "text": "so blue",
            **HEARD,
        }
        for number in range(40)
    ]
    append(town, "posts", answers)
    town.refresh()
    mara, one = town.vet(["mara.example", "nils.example"])
    rows = {row.statistic: row for row in one.verdict.evidence}
    assert rows["followed_back"].family == "X"
    assert rows["followed_back"].value == 80 / FANS
    assert rows["generic_replies"].value == 1.0
    assert rows["generic_replies"].checked[0].detail.startswith("40 replies of 30 people.")
    last = rows["last_post"]
    assert (last.family, last.fires) == ("A", False)
    assert last.value == pytest.approx(3, abs=0.01)
    assert last.chart is not None
    assert "Dates of the creator's own posts" in last.chart
    assert {"A", "E", "X"} <= set(one.families)
    # Of Mara no own follow was collected, so nothing is said about whom she follows back.
    assert "X" not in mara.families


def test_the_creators_say_what_the_verdict_says(town: Engine) -> None:
    town.refresh()
    for row in town.vet():
        shown = town.show(row.profile_id)
        assert shown is not None
        assert shown["verdict"] == row.verdict.status
        assert shown["verdict_reason"] == row.verdict.sentence
        stands = {e.family for e in row.verdict.evidence if e.fires and not is_explained(e)}
        for column, family in (("lockstep", "G"), ("engagement_anomaly", "E")):
            looked = family in row.families
            told = "found" if family in stands else "none" if looked else None
            assert shown[column] == told, (row.handle, column)
            hits = town.search(
                **{column: told or "unknown"}, followers_seen_min=max(1, row.verdict.n_seen)
            ).hits
            assert (row.profile_id in {hit.profile_id for hit in hits}) == bool(row.verdict.n_seen)
    found = town.search(verdict=("looks_inflated", "needs_a_look")).hits
    assert of("mara") in {hit.profile_id for hit in found}


def test_the_stored_files_have_their_columns_and_order(town: Engine) -> None:
    town.refresh()
    vetting = pl.read_parquet(town.home.judged / VETTING_FILE)
    evidence = pl.read_parquet(town.home.judged / EVIDENCE_FILE)
    assert dict(vetting.schema) == VETTING_SCHEMA
    assert dict(evidence.schema) == STORED_EVIDENCE
    assert vetting["profile_id"].is_sorted()
    assert evidence["profile_id"].is_sorted()
    assert vetting["profile_id"].to_list() == sorted(of(name) for name in CREATORS)
    lists = evidence.filter(pl.col("member_rows").list.len() > 0)
    assert (lists["member_rows"].list.len() == lists["member_keys"].list.len()).all()


def test_the_same_whole_gives_the_same_bytes_of_meaning(town: Engine) -> None:
    town.refresh()
    first = list(town.vet())
    town.refresh(force=True)
    assert list(town.vet()) == first


def test_groups_and_helper_processes_change_nothing_that_is_counted(
    town: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.refresh()
    first = list(town.vet())
    monkeypatch.setattr(_cut, "FOLLOWS_PER_GROUP", 500)
    monkeypatch.setattr(_crew, "CREW", 2)
    town.refresh(force=True)
    for one, other in zip(first, town.vet(), strict=True):
        assert one.verdict.status == other.verdict.status
        assert (one.states, one.verdict.n_seen) == (other.states, other.verdict.n_seen)
        assert one.map == other.map


def test_a_helper_that_fails_stops_the_run_and_leaves_the_old_files(
    town: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.refresh()
    before = {
        name: (town.home.judged / name).read_bytes() for name in (VETTING_FILE, EVIDENCE_FILE)
    }

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(_run, "conclude", broken)
    with pytest.raises(RuntimeError, match="disk is full"):
        town.refresh(force=True)
    assert before == {name: (town.home.judged / name).read_bytes() for name in before}
    monkeypatch.undo()
    town.refresh(force=True)
    assert not list(town.home.judged.glob(".work-*"))
    assert len(list(town.vet())) == len(CREATORS)


def test_who_hides_followers_is_not_looked_at(town: Engine) -> None:
    later = NOW + timedelta(minutes=1)
    append(town, "profiles", [person("mara", audience_hidden=True, fetched_at=later)])
    append(town, "profiles", [person("nils", policy=5, fetched_at=later)])
    town.refresh()
    mara, nils = town.vet(["mara.example", "nils.example"])
    for row in (mara, nils):
        assert row.verdict.status == "unknown"
        assert row.verdict.n_seen == 0
        assert not [e for e in row.verdict.evidence if e.family in "BCDGPX"]
    assert "hides who follows it" in mara.verdict.sentence
    assert "does not allow it" in nils.verdict.sentence


def test_people_who_leave_take_their_evidence_along(town: Engine) -> None:
    town.refresh()
    town.forget(["bluesky:@mara.example"])
    assert of("mara") not in {row.profile_id for row in town.vet()}
    for name in (VETTING_FILE, EVIDENCE_FILE):
        ids = pl.read_parquet(town.home.judged / name)["profile_id"]
        assert of("mara") not in ids.to_list()
    with pytest.raises(UsageError):
        list(town.vet(["mara.example"]))


def test_without_follows_everybody_is_unknown_and_told_why(village: Engine) -> None:
    with pytest.raises(HomeError, match="influencr refresh"):
        list(village.vet())
    village.refresh()
    rows = list(village.vet())
    assert rows
    for row in rows:
        assert row.verdict.status == "unknown"
        assert "Not vetted" in row.verdict.sentence
        assert row.states is None


def test_a_dispute_checks_again_and_is_kept(town: Engine) -> None:
    town.refresh()
    before = (town.home.judged / VETTING_FILE).read_bytes()
    done = town.dispute("mara.example", "  They came\nfrom my class. ")
    assert done.before is not None
    assert done.after.verdict.evidence == done.before.verdict.evidence
    assert done.after == done.before
    assert not done.changed
    assert (town.home.judged / VETTING_FILE).read_bytes() == before
    assert not list(town.home.judged.glob(".work-*"))
    append(town, "follows", [follows("fannils1", "mara", NOW - timedelta(days=5))])
    again = town.dispute("mara.example")
    assert again.changed
    assert again.after.verdict.n_seen == done.after.verdict.n_seen + 1
    town.refresh(force=True)
    first, second = town.disputes(of("mara"))
    assert first.reason == "They came from my class."
    assert (first.before, first.after, first.changed) == (
        done.before.verdict.status,
        done.after.verdict.status,
        False,
    )
    assert first.version == done.after.verdict.version
    assert second.changed
    assert second.checked_at is not None
    town.forget(["bluesky:@mara.example"])
    assert town.disputes() == []


@pytest.mark.parametrize("name", CREATORS[1:])
def test_looking_at_one_says_what_looking_at_all_said(town: Engine, name: str) -> None:
    town.refresh()
    done = town.dispute(f"{name}.example")
    assert done.after == done.before


def test_a_check_that_is_interrupted_is_made_by_the_next_refresh(
    town: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.refresh()

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no power")

    monkeypatch.setattr(_again, "conclude", broken)
    with pytest.raises(RuntimeError, match="no power"):
        town.dispute("mara.example", "why")
    monkeypatch.undo()
    (one,) = town.disputes(of("mara"))
    assert (one.reason, one.checked_at) == ("why", None)
    town.refresh(force=True)
    (one,) = town.disputes(of("mara"))
    assert one.after == one.before
    assert one.checked_at is not None


def test_a_killed_check_leaves_nobody_behind_when_somebody_leaves(town: Engine) -> None:
    town.refresh()
    left = town.home.judged / ".work-dispute-killed"
    left.mkdir()
    (left / "few-profiles.parquet").write_bytes(b"mara.example")
    town.forget(["bluesky:@mara.example"])
    assert not left.exists()


def test_a_reason_has_an_end(town: Engine) -> None:
    town.refresh()
    with pytest.raises(UsageError, match="letters are too many"):
        town.dispute("mara.example", "a" * 2_001)
    assert town.disputes() == []


def test_a_home_without_what_is_usual_says_so(town: Engine) -> None:
    town.refresh()
    (town.home.judged / USUAL_FILE).unlink()
    with pytest.raises(HomeError, match="influencr refresh"):
        town.dispute("mara.example")


def test_q_is_benjamini_hochberg_over_creators() -> None:
    p = [0.001, 0.02, None, 0.5]
    ledger = as_evidence(
        evidence_row(creator=i, family="C", statistic="s", version="1", p=value)
        for i, value in enumerate(p)
    )
    q = corrected(ledger)["q"].to_list()
    # Four creators were looked at, one of them without a test.
    assert q[0] == pytest.approx(0.004)
    assert q[1] == pytest.approx(0.04)
    assert q[2] is None
    assert q[3] == pytest.approx(0.5 * 4 / 3)


def test_q_never_rises_with_p_and_keeps_statistics_apart() -> None:
    ledger = as_evidence(
        evidence_row(creator=i % 5, family=family, statistic="s", version="1", p=p)
        for family in ("C", "B")
        for i, p in enumerate([0.04, 0.01, 0.03, 0.011, 0.9, 0.5])
    )
    out = corrected(ledger)
    assert out.select("family", "p").equals(ledger.select("family", "p"))
    for family in ("C", "B"):
        rows = out.filter(pl.col("family") == family).sort("p")
        assert rows["q"].is_sorted()
        assert (rows["q"] >= rows["p"]).all()
        assert rows["q"].max() <= 1.0


def test_maps_are_drawn_from_a_few_followers_on() -> None:
    assert _conclude.MAP_FROM == 20


def test_the_way_of_a_file(tmp_path: Path) -> None:
    from influencr.pipeline.vetting._kept import keep, kept
    from influencr.vetting.lockstep import Candidates

    nothing = Candidates.join([])
    keep(tmp_path / "c.npz", nothing)
    again = kept(tmp_path / "c.npz", Candidates)
    assert all((a == b).all() for a, b in zip(nothing, again, strict=True))
