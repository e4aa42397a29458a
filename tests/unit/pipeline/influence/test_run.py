"""From stored reactions to what is said of each creator, and what becomes of it afterwards."""

import math
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from influencr.engine import Engine
from influencr.errors import HomeError, UnreadableInput
from influencr.pipeline import bring_in
from influencr.pipeline._creators import INFLUENCE_COLUMNS
from influencr.pipeline.influence import (
    INFLUENCE_FILE,
    INFLUENCE_SCHEMA,
    NOTABILITY_FILE,
    _conclude,
    _cut,
    _run,
    line_heights,
    read_influence,
)
from influencr.pipeline.influence._store import growth_lines

from ..conftest import HEARD, NOW
from .conftest import ANSWERED, CREATORS, POSTS, REPLIES, REPOSTS, act, append, of, person


def facts(engine: Engine) -> dict[str, dict[str, Any]]:
    return {row["profile_id"]: row for row in read_influence(engine.home.judged)}


def test_one_refresh_tells_it_all(street: Engine) -> None:
    street.refresh()
    _every_act_is_counted_once(street)
    _the_rows_of_a_list_say_the_same(street)
    _the_file_has_its_columns_and_order(street)


def _every_act_is_counted_once(street: Engine) -> None:
    found = facts(street)
    for name in CREATORS:
        row = found[of(name)]
        assert row["influence_basis"] == "events"
        assert row["influence_n"] == POSTS
        parts = row["influence_parts"]
        product = math.prod(part["factor"] for part in parts)
        assert product == pytest.approx(row["influence_per_post"])
        # Who reposts and replies is one account; "nice" by the first fan says nothing.
        effort = max(REPOSTS[name], REPLIES[name])
        clean = REPOSTS[name] or REPLIES[name] - 1
        assert f"drew {effort * POSTS} such acts" in parts[1]["sentence"]
        assert parts[2]["sentence"].startswith(f"{clean * POSTS} of {effort * POSTS} ")
        assert row["engagement_effortful_n"] == POSTS
        assert row["closeness_answered_n"] == REPLIES[name] * POSTS
        told = f"{ANSWERED[name] * POSTS} of {REPLIES[name] * POSTS} replies were answered."
        assert row["closeness_answered_reason"] == told
        assert row["growth_1m"] == 5
        assert row["growth_12m"] == min(72, CREATORS[name])
        assert row["growth_basis"] == "follows"
    assert found[of("ada")]["closeness_answer_hours"] == pytest.approx(1.0)
    assert (
        found[of("ada")]["influence_per_post"]
        > found[of("ben")]["influence_per_post"]
        > found[of("cleo")]["influence_per_post"]
    )


def _the_rows_of_a_list_say_the_same(street: Engine) -> None:
    for profile_id, row in facts(street).items():
        shown = street.show(profile_id)
        assert shown is not None
        assert shown["influence"] == row["influence_per_post"]
        if profile_id in map(of, CREATORS):
            assert shown["influence_low"] <= shown["influence"] <= shown["influence_high"]
        assert shown["influence_reason"] == row["influence_reason"]
        assert shown["closeness"] == row["closeness"]
        assert shown["followers_12m"] == row["growth_12m"]
        assert shown["growth_line"] == row["growth_line"]
        assert shown["label"] == row["label"]
    line = facts(street)[of("ada")]["growth_line"]
    heights = line_heights(line)
    assert len(heights) == 24
    assert heights == sorted(heights)
    assert heights[-1] == 1


def _the_file_has_its_columns_and_order(street: Engine) -> None:
    rows = pl.read_parquet(street.home.judged / INFLUENCE_FILE)
    assert dict(rows.schema) == INFLUENCE_SCHEMA
    assert rows["profile_id"].is_sorted()
    assert "fan1" not in " ".join(rows.filter(pl.col("profile_id") == of("ada"))["handle"])
    assert [row["profile_id"] for row in read_influence(street.home.judged, [of("ben")])] == [
        of("ben")
    ]


def test_groups_and_helper_processes_change_nothing(
    street: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does a second run."""
    street.refresh()
    whole = facts(street)
    monkeypatch.setattr(_cut, "ACTS_PER_GROUP", 40)
    monkeypatch.setattr(_cut, "_BATCH_ACTS", 100)
    street.refresh(force=True)
    assert facts(street) == whole


def test_a_run_that_was_killed_is_done_again(
    street: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(_run, "conclude", killed)
        with pytest.raises(KeyboardInterrupt):
            street.refresh()
    assert not (street.home.judged / INFLUENCE_FILE).exists()
    assert not list(street.home.judged.glob(".work-*"))
    street.refresh()
    assert facts(street)[of("ada")]["influence_n"] == POSTS


def test_flagged_accounts_do_not_count_and_pods_make_no_effort(
    street: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Findings as vetting stores them: the first five fans flagged, the sixth in a pod with ada."""

    def found(vetting: Any) -> pl.LazyFrame:
        fans = pl.DataFrame({"profile_id": [of(f"fan{n}") for n in range(6)]})
        keys = fans.select(pl.col("profile_id").hash(seed=0)).to_series().to_list()
        row = {
            "profile_id": of("ada"),
            "fires": True,
            "checked": [],
            "from_at": NOW - timedelta(days=90),
            "to_at": NOW,
        }
        return pl.LazyFrame(
            [
                {**row, "family": "C", "member_keys": keys[:5]},
                {**row, "family": "X", "member_keys": keys[5:]},
            ],
            schema={
                **{n: k for n, k in pl.read_parquet_schema(vetting).items() if n in row},
                "family": pl.String,
                "member_keys": pl.List(pl.UInt64),
            },
        )

    monkeypatch.setattr(_run, "_findings", found)
    street.refresh()
    sentence = facts(street)[of("ada")]["influence_parts"][2]["sentence"]
    assert sentence.startswith(f"{(REPOSTS['ada'] - 6) * POSTS} of {REPOSTS['ada'] * POSTS} ")
    # Of ben only the flagged ones go: a pod is between two people.
    sentence = facts(street)[of("ben")]["influence_parts"][2]["sentence"]
    assert sentence.startswith(f"0 of {REPOSTS['ben'] * POSTS} ")


def test_who_leaves_is_gone(street: Engine) -> None:
    street.refresh()
    before = facts(street)[of("ada")]
    street.forget(["bluesky:@ben.example"])
    assert of("ben") not in facts(street)
    raw = (street.home.judged / INFLUENCE_FILE).read_bytes()
    assert b"ben.example" not in raw
    # A fan who leaves is in nobody's count from the next refresh on.
    street.forget(["bluesky:@fan8.example"])
    street.refresh(force=True)
    after = facts(street)[of("ada")]
    assert f"drew {(REPOSTS['ada'] - 1) * POSTS} such" in after["influence_parts"][1]["sentence"]
    assert after["growth_n"] == before["growth_n"] - 1


def test_counts_alone_are_a_basis_and_nothing_is_none(engine: Engine) -> None:
    """An imported list: one with counts on posts, one with none, one whose source says no."""
    kinds = {"counted": 15, "silent": 15, "barred": 13}
    append(
        engine,
        "profiles",
        [
            {**person(name, followers=500, posts_count=9), "policy": policy}
            for name, policy in kinds.items()
        ],
    )
    append(
        engine,
        "posts",
        [
            {
                "post_id": f"{name}-{number}",
                "profile_id": of(name),
                "created_at": NOW - timedelta(days=5 + number),
                **({} if name == "silent" else {"likes": 9, "reposts": 2, "replies": 1}),
                **HEARD,
                "policy": kinds[name],
            }
            for name in kinds
            for number in range(6)
        ],
    )
    engine.refresh()
    found = facts(engine)
    assert found[of("counted")]["influence_basis"] == "counts"
    assert found[of("counted")]["influence_per_post"] > 0
    for name in ("silent", "barred"):
        assert found[of(name)]["influence_per_post"] is None
        assert found[of(name)]["closeness"] is None
        assert found[of(name)]["influence_reason"]
        assert found[of(name)]["closeness_reason"]
        assert found[of(name)]["growth_reason"]
    assert "terms" in found[of("barred")]["influence_reason"]
    assert found[of("barred")]["label"] == "unknown"
    assert found[of("counted")]["closeness"] is None


def test_new_reactions_ask_for_the_whole(street: Engine) -> None:
    street.refresh()
    append(street, "engagements", [act("fan60", "cleo-0", "repost", NOW - timedelta(days=1))])
    assert street.refresh().judged
    assert "drew 13 such" in facts(street)[of("cleo")]["influence_parts"][1]["sentence"]


def test_judged_alone_somebody_keeps_what_the_whole_told(street: Engine) -> None:
    street.refresh()
    before = street.show(of("ada"))
    assert before is not None
    soon = {"fetched_at": NOW + timedelta(hours=1)}
    append(street, "profiles", [person("ada", followers=95, **{**HEARD, **soon})])
    bring_in(street.home, street.catalogue, street.index, [of("ada")])
    after = street.show(of("ada"))
    assert after is not None
    assert after["followers"] == 95
    assert {name: after[name] for name in INFLUENCE_COLUMNS} == {
        name: before[name] for name in INFLUENCE_COLUMNS
    }
    said = {"bio_text": "I am a bot that posts wheels", "is_bot": True, "policy": 15}
    later = {"fetched_at": NOW + timedelta(hours=2)}
    append(street, "profiles", [person("ada", **{**HEARD, **later, **said})])
    bring_in(street.home, street.catalogue, street.index, [of("ada")])
    changed = street.show(of("ada"))
    assert changed is not None
    assert changed["label"] == "bot"
    assert changed["influence"] == before["influence"]
    barred = {"fetched_at": NOW + timedelta(hours=3), "policy": 5}
    append(street, "profiles", [person("ada", **{**HEARD, **barred})])
    bring_in(street.home, street.catalogue, street.index, [of("ada")])
    last = street.show(of("ada"))
    assert last is not None
    assert last["influence"] is None
    assert last["growth_line"] is None


def test_the_operators_file_is_kept_and_forgets(street: Engine, tmp_path: Path) -> None:
    file = tmp_path / "known.csv"
    file.write_text(
        "platform,handle,qid,sitelinks,occupations,earliest_sitelink\n"
        "bluesky,ada.example,Q1,90,film actor,2009-01-01\n"
        "bluesky,gone.example,Q2,40,film actor,2011-01-01\n",
        encoding="utf-8",
    )
    street.refresh(notability=file)
    known = facts(street)[of("ada")]
    assert known["label"] in ("public_figure", "celebrity")
    assert "file" in {sign["where"] for sign in known["label_reasons"]}
    assert facts(street)[of("ben")]["label"] == "unknown"
    street.refresh(force=True)
    assert facts(street)[of("ada")]["label"] == known["label"]
    street.forget(["bluesky:@gone.example"])
    kept = pl.read_parquet(street.home.judged / NOTABILITY_FILE)
    assert kept["handle"].to_list() == ["ada.example"]
    file.write_text("platform,handle\n", encoding="utf-8")
    with pytest.raises(UnreadableInput, match="no column 'qid'"):
        street.refresh(notability=file)


def test_a_home_without_the_file_says_so(engine: Engine) -> None:
    with pytest.raises(HomeError, match="No act was read"):
        next(read_influence(engine.home.judged))


def test_lines_of_growth() -> None:
    day = 86_400
    at = pl.Series([[0, 100 * day], None, [0], [0, 50 * day]])
    followers = pl.Series([[0, 630], None, [5], [0, 0]])
    line, *others = growth_lines(at, followers, as_of=100 * day).to_list()
    assert others == [None, None, None]
    assert len(line) == 24
    assert line[0] == "A"
    assert line[-1] == "/"
    assert line_heights(None) == []


def test_a_jump_is_shown_beside_a_finding_of_that_time() -> None:
    creators = pl.DataFrame({"creator": [1, 2]}, schema={"creator": pl.UInt64})
    jump = {"gained": 90, "expected": 2.0, "before": 400, "basis": "follows"}
    jumps = pl.DataFrame(
        [
            {"creator": 1, "from_at": 1_000, "to_at": 2_000, **jump},
            {"creator": 1, "from_at": 9_000, "to_at": 9_900, **jump},
        ],
        schema_overrides={"creator": pl.UInt64},
    )
    standing = pl.DataFrame(
        {"creator": [1], "family": ["C"], "from_at": [1_500], "to_at": [5_000]},
        schema_overrides={"creator": pl.UInt64},
    )
    found = _conclude._found(creators, jumps, standing)["growth_found"].to_list()
    assert found[1] is None
    assert [one["families"] for one in found[0]] == [["C"], []]
    assert found[0][0]["gained"] == 90
