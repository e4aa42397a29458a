"""One engine, every question: what all faces call."""

import csv
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import influencr
from influencr.engine import PRESETS, Engine
from influencr.errors import HomeError, UnknownValue, UsageError
from influencr.home import Home
from influencr.records import Policy
from influencr.search import Query

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def person(handle: str, platform: str = "tiktok", **fields: Any) -> dict[str, Any]:
    return {
        "profile_id": f"{platform}:id-{handle}",
        "platform": platform,
        "handle": handle,
        "followers": 1_000,
        "source": "import:people.csv",
        "fetched_at": NOW,
        "fetch_method": "import",
        "licence": "user-import",
        "policy": 15,
        **fields,
    }


PEOPLE = [
    person("ana", bio_text="Baker in Lyon\nsourdough", links=["https://a.example", "b.example"]),
    person("ana", "bluesky", bio_text="Baker, another Ana", profile_id="bluesky:did:plc:ana"),
    person("bob", bio_text="=cmd() baker from Berlin"),
    person("carol", bio_text="Baker, not to be taken along", policy=int(~Policy.EXPORT & 15)),
    person("dora@ceramics.example", "mastodon", bio_text="Potter"),
    person("erin", bio_text="Private person", is_private=True),
]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """People of two towns, judged and indexed; tests only read it."""
    engine = Engine(tmp_path_factory.mktemp("town") / "home", create=True)
    engine.catalogue.append("profiles", pl.DataFrame(PEOPLE, infer_schema_length=None))
    engine.refresh()
    return engine


@pytest.mark.parametrize(
    "who",
    [
        "tiktok:@bob",
        "tiktok:id-bob",
        "@bob",
        "bob",
        "  BOB ",
        "https://www.tiktok.com/@Bob?lang=en",
        "tiktok.com/@bob",
    ],
)
def test_show_understands_every_way_to_name_somebody(town: Engine, who: str) -> None:
    row = town.show(who)
    assert row is not None
    assert row["profile_id"] == "tiktok:id-bob"
    assert row["indexed"] is True


@pytest.mark.parametrize(
    ("who", "profile"),
    [
        ("bluesky:did:plc:ana", "bluesky:did:plc:ana"),
        ("did:plc:ana", "bluesky:did:plc:ana"),
        ("https://bsky.app/profile/ana", "bluesky:did:plc:ana"),
        ("https://bsky.app/profile/did:plc:ana", "bluesky:did:plc:ana"),
        ("dora@ceramics.example", "mastodon:id-dora@ceramics.example"),
        ("@dora@ceramics.example", "mastodon:id-dora@ceramics.example"),
        ("https://ceramics.example/@dora", "mastodon:id-dora@ceramics.example"),
    ],
)
def test_show_knows_how_networks_write_names(town: Engine, who: str, profile: str) -> None:
    row = town.show(who)
    assert row is not None
    assert row["profile_id"] == profile


def test_show_asks_back_when_several_are_meant(town: Engine) -> None:
    with pytest.raises(UsageError, match="bluesky:@ana, tiktok:@ana") as refused:
        town.show("@ana")
    assert refused.value.valid == ["bluesky:@ana", "tiktok:@ana"]


def test_show_says_why_somebody_known_is_not_listed(town: Engine) -> None:
    row = town.show("tiktok:@erin")
    assert row is not None
    assert row["indexed"] is False
    assert "private" in row["why_not"]
    assert "bio_text" not in row


def test_show_of_nobody_is_none_and_of_nothing_is_refused(town: Engine) -> None:
    assert town.show("tiktok:@nobody") is None
    for nothing in ("", "  ", "@", "two words"):
        with pytest.raises(UsageError, match="names nobody"):
            town.show(nothing)


def test_search_takes_the_fields_of_a_query(town: Engine) -> None:
    assert town.search("baker", platform="bluesky").total == 1
    assert town.query(Query(text="baker")).total == 4
    with pytest.raises(UsageError, match="followers_min"):
        town.search("baker", follower_min=10)


def test_searching_before_anything_is_indexed_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match="influencr import"):
        Engine(tmp_path / "absent")
    with pytest.raises(HomeError, match="Nothing is indexed"):
        Engine(tmp_path / "new", create=True).search("baker")


def test_open_is_an_engine(town: Engine) -> None:
    with influencr.open(town.home.path) as engine:
        assert engine.search("potter").total == 1
    assert Engine(Home(town.home.path)).search("potter").total == 1


def test_close_and_ask_again(town: Engine) -> None:
    engine = Engine(town.home)
    assert engine.search("baker").total == 4
    engine.close()
    engine.close()
    assert engine.search("baker").total == 4


def test_suggests_places(town: Engine) -> None:
    assert any("Berlin" in place.label for place in town.suggest_places("berl"))
    assert len(town.suggest_places("san", limit=3)) == 3


def test_status_tells_what_is_there(town: Engine) -> None:
    status = town.status()
    assert status["home"] == town.home.path
    assert status["profiles"] == 6
    assert status["creators"] == status["index"]["n_creators"] == 5
    assert status["excluded"]["private"]["n"] == 1
    assert status["tables"]["profiles"]["rows"] == 6
    assert status["tables"]["profiles"]["last_fetched_at"] == NOW
    assert status["as_of"] == NOW
    assert status["index"]["bytes"] > 0
    assert (status["demo"], status["is_stale"], status["pending_removals"]) == (False, False, False)


def test_status_of_an_empty_home(tmp_path: Path) -> None:
    status = Engine(tmp_path / "home", create=True).status()
    assert status["creators"] is None
    assert status["is_stale"]
    assert not status["pending_removals"]


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_export_writes_everybody_who_may_be_taken_along(
    town: Engine, tmp_path: Path, ending: str
) -> None:
    out = tmp_path / f"bakers.{ending}"
    done = town.export(Query(text="baker", limit=1), out)
    assert done == (3, 1, 0)
    if ending == "csv":
        with out.open(encoding="utf-8", newline="") as file:
            rows: list[dict[str, Any]] = list(csv.DictReader(file))
    elif ending == "jsonl":
        rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    else:
        rows = pl.read_parquet(out).to_dicts()
    assert {(r["platform"], r["handle"]) for r in rows} == {
        ("tiktok", "ana"),
        ("bluesky", "ana"),
        ("tiktok", "bob"),
    }
    assert "fetched_at" in rows[0]
    assert "licence" in rows[0]
    assert list(tmp_path.iterdir()) == [out]


def test_a_spreadsheet_runs_nothing_from_an_export(town: Engine, tmp_path: Path) -> None:
    out = tmp_path / "all.csv"
    town.export(Query(text="baker"), out)
    with out.open(encoding="utf-8", newline="") as file:
        rows = {(r["platform"], r["handle"]): r for r in csv.DictReader(file)}
    assert rows["tiktok", "bob"]["bio_text"] == "'=cmd() baker from Berlin"
    assert rows["tiktok", "ana"]["links"] == "https://a.example; b.example"
    assert rows["tiktok", "ana"]["bio_text"] == "Baker in Lyon\nsourdough"


def test_export_of_nothing_has_its_columns(town: Engine, tmp_path: Path) -> None:
    out = tmp_path / "none.csv"
    assert town.export(Query(text="zzzzzz"), out).n_rows == 0
    assert out.read_text(encoding="utf-8").startswith("profile_id,platform,handle,")


def test_export_refuses_an_unknown_ending_and_keeps_the_old_file(
    town: Engine, tmp_path: Path
) -> None:
    out = tmp_path / "bakers.xlsx"
    with pytest.raises(UsageError, match=r"\.csv, \.jsonl, \.parquet"):
        town.export(Query(), out)
    assert not out.exists()


def test_who_left_is_never_exported_even_while_the_index_lags(tmp_path: Path) -> None:
    engine = Engine(tmp_path / "home", create=True)
    engine.catalogue.append("profiles", pl.DataFrame(PEOPLE[:3], infer_schema_length=None))
    engine.refresh()
    engine.catalogue.erase(["tiktok:@bob"], reason="opt_out")
    assert engine.search("baker").total == 3
    done = engine.export(Query(), tmp_path / "all.parquet")
    assert done == (2, 0, 1)


def test_the_demo_is_marked_and_kept_apart(tmp_path: Path) -> None:
    engine = Engine(tmp_path / "home", create=True)
    stages: list[str] = []
    done = engine.demo(preset="tiny", progress=lambda stage, *_: stages.append(stage))
    order = ["world", "import", "judge", "vet", "act", "index", "audiences"]
    assert list(dict.fromkeys(stages)) == order
    assert engine.is_demo
    results = engine.search(everything=True)
    assert results.demo
    assert results.total == done.report.n_creators > 50
    assert {h.creator["licence"] for h in results.hits} == {"synthetic"}
    assert not (engine.home.path / "demo-world").exists()
    with pytest.raises(UsageError, match="invented demo world"):
        engine.import_files([tmp_path], licence="user-import")
    generation = results.generation
    again = engine.demo(preset="tiny")
    assert again.generation == generation, "the same world again changes nothing"
    with pytest.raises(UnknownValue, match="preset"):
        engine.demo(preset="huge")
    assert "demo" in PRESETS


def test_no_demo_over_real_data(town: Engine) -> None:
    with pytest.raises(UsageError, match="holds imported data"):
        town.demo(preset="tiny")
    assert not town.is_demo


def test_naming_the_engine_loads_nothing_heavy() -> None:
    code = (
        "import sys, influencr.engine;"
        "heavy = {'polars', 'numpy', 'deltalake', 'tantivy', 'py3langid', 'django'};"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", code], check=False, env=env).returncode == 0
