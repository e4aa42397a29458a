"""A few changed people brought in alone are as if everybody had been judged anew."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from influencr.engine import Engine
from influencr.errors import HomeError
from influencr.pipeline import _update, bring_in

from .conftest import NOW, post, profile, put


@pytest.fixture(autouse=True)
def _small_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    # The shares and numbers are about large homes; the rules are the same in a village.
    monkeypatch.setattr(_update, "ENOUGH", 1)
    monkeypatch.setattr(_update, "MAX_SHARE", 10.0)


def rows(engine: Engine) -> dict[str, dict[str, Any]]:
    """Every indexed row, apart from when it was fetched."""
    everybody = engine.search(everything=True, limit=100).hits
    return {hit.profile_id: hit.creator for hit in everybody}


def test_brought_in_alone_or_with_everybody_is_the_same(village: Engine, tmp_path: Path) -> None:
    village.refresh()
    soon = NOW + timedelta(hours=1)
    put(
        village,
        "profiles",
        [
            profile("dora", bio_text="Potter in Porto, ceramics teacher", fetched_at=soon),
            profile("ana", bio_text="Now a florist in Nantes", fetched_at=soon),
        ],
    )
    put(village, "posts", [post(50, "bob", text="leg day #fitness", fetched_at=soon)])
    put(
        village,
        "packs",
        [
            {
                **{k: v for k, v in profile("x").items() if k in ("source", "licence", "policy")},
                "fetch_method": "import",
                "pack_id": "tiktok:pack-1",
                "name": "Makers of Porto",
                "member_id": "tiktok:id-dora",
                "fetched_at": soon,
            }
        ],
    )
    alone = village.refresh()
    assert alone.updated is not None
    assert (alone.judged, alone.indexed) == (False, False)
    assert alone.updated.n_upserted == 3
    assert alone.updated.as_of == soon
    brought = rows(village)
    assert brought["tiktok:id-dora"]["called"] == ["Makers of Porto"]
    assert village.search("potter").total == 1
    assert village.search("florist").total == 1
    whole = village.refresh(force=True)
    assert whole.updated is None
    # Audiences and acts are looked at with everybody; whoever came alone is told so.
    assert brought["tiktok:id-dora"].pop("verdict_reason").startswith("Not vetted yet")
    after = rows(village)
    assert "follower data" in after["tiktok:id-dora"].pop("verdict_reason")
    for name in ("influence_reason", "closeness_reason"):
        assert brought["tiktok:id-dora"].pop(name).startswith("Not measured yet")
        assert after["tiktok:id-dora"].pop(name)
    assert brought["tiktok:id-dora"].pop("followers_seen") is None
    assert after["tiktok:id-dora"].pop("followers_seen") == 0
    assert {
        (who, name, row[name], brought[who][name])
        for who, row in after.items()
        for name in row
        if row[name] != brought[who][name]
    } == set()


def test_nothing_changed_nothing_brought_in(village: Engine) -> None:
    first = village.refresh()
    again = village.refresh()
    assert again.updated is not None
    assert (again.updated.n_upserted, again.updated.n_deleted) == (0, 0)
    assert again.generation == first.generation
    assert not village.status()["is_stale"]
    put(village, "profiles", [profile("dora", bio_text="Potter")])
    assert village.status()["is_stale"]
    village.refresh()
    assert not village.status()["is_stale"]


def test_whoever_closes_their_account_is_taken_out(village: Engine) -> None:
    village.refresh()
    put(
        village,
        "profiles",
        [profile("ana", status="deleted", fetched_at=NOW + timedelta(minutes=1))],
    )
    done = village.refresh()
    assert done.updated is not None
    assert (done.updated.n_upserted, done.updated.n_deleted) == (0, 1)
    assert village.show("tiktok:@ana") is None


def test_an_id_replaces_the_handle_that_somebody_was_known_by(village: Engine) -> None:
    known = {**profile("eve", bio_text="Weaver"), "profile_id": "tiktok:@eve"}
    put(village, "profiles", [known])
    village.refresh()
    assert set(rows(village)) >= {"tiktok:@eve"}
    put(village, "profiles", [profile("eve", fetched_at=NOW + timedelta(minutes=1))])
    assert village.refresh().updated is not None
    assert "tiktok:@eve" not in rows(village)
    shown = village.show("tiktok:@eve")
    assert shown is not None
    assert (shown["profile_id"], shown["bio_text"]) == ("tiktok:id-eve", "Weaver")


def test_names_of_the_updated_are_found_and_forgotten(village: Engine) -> None:
    village.refresh()
    put(village, "profiles", [profile("dora", bio_text="Potter")])
    assert village.refresh().updated is not None
    found = village.show("@dora")
    assert found is not None
    assert found["indexed"]
    village.forget(["tiktok:@dora"])
    assert village.show("@dora") is None
    assert village.search("potter").total == 0
    for file in village.home.path.rglob("*"):
        if file.is_file() and file.suffix == ".parquet":
            assert b"dora" not in file.read_bytes(), file


@pytest.mark.parametrize("table", ["follows"])
def test_what_concerns_everybody_asks_for_the_whole(village: Engine, table: str) -> None:
    village.refresh()
    row = {
        "follower_id": "tiktok:id-bob",
        "followed_id": "tiktok:id-ana",
        **{k: v for k, v in profile("x").items() if k in ("source", "licence", "policy")},
        "fetch_method": "import",
        "fetched_at": NOW,
    }
    put(village, table, [row])
    done = village.refresh()
    assert done.updated is None
    assert done.judged


def test_too_many_or_too_late_asks_for_the_whole(
    village: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    village.refresh()
    put(village, "profiles", [profile("dora", fetched_at=NOW + timedelta(days=2))])
    assert village.refresh().updated is None
    monkeypatch.setattr(_update, "MAX_SHARE", 0.1)
    put(village, "profiles", [profile("fay", fetched_at=NOW + timedelta(days=2))])
    assert village.refresh().updated is None


def test_merged_files_ask_for_the_whole(village: Engine) -> None:
    village.refresh()
    put(village, "profiles", [profile("dora")])
    village.catalogue.compact("profiles", retention=timedelta(0))
    assert village.refresh().updated is None


def test_a_stream_brings_people_in_by_any_name(village: Engine) -> None:
    with pytest.raises(HomeError, match="influencr refresh"):
        bring_in(village.home, village.catalogue, village.index, ["tiktok:@ana"])
    village.refresh()
    put(
        village,
        "profiles",
        [profile("ana", bio_text="Florist", fetched_at=NOW + timedelta(minutes=1))],
    )
    done = bring_in(
        village.home, village.catalogue, village.index, ["tiktok:@Ana", "tiktok:nobody"]
    )
    assert (done.n_upserted, done.n_deleted) == (1, 0)
    assert village.search("florist").total == 1


def test_what_the_graph_told_stays(village: Engine) -> None:
    village.refresh()
    before = village.index.snapshot().creators(["tiktok:id-ana"])["tiktok:id-ana"]
    counted = {
        **before,
        "place_basis": "network",
        "place_label": "Lyon, France",
        "audience_n_followers": 900,
        "audience_reason": "told by 40 of 900 followers",
    }
    frame = pl.DataFrame([counted], schema=dict(_update.CREATORS_SCHEMA))
    village.index.upsert(frame)
    village.index.commit()
    put(village, "posts", [post(60, "ana", fetched_at=NOW + timedelta(minutes=1))])
    assert village.refresh().updated is not None
    row = village.show("@ana")
    assert row is not None
    assert (row["place_label"], row["audience_n_followers"]) == ("Lyon, France", 900)
    assert row["n_posts_seen"] == 7
