"""Who named a brand: whole names, handles with their sign, the mark of an advertisement."""

from datetime import timedelta

import polars as pl
import pytest

from influencr.engine import Engine
from influencr.pipeline import judge
from influencr.pipeline.alignment import mentions

from ..conftest import NOW, post, profile, put


@pytest.fixture
def said(engine: Engine) -> Engine:
    texts = [
        "Breakfast with Café Nord this morning #werbung",
        "cafe nord again, and @cafenord too",
        "the nordic cafe next door",
        "mail me at ana@cafenord.example",
        "Rival Roasters made this one",
        None,
    ]
    put(
        engine,
        "profiles",
        [
            profile("ana", bio_text="I drink coffee"),
            profile("bo", bio_text="Barista at CAFÉ NORD"),
            profile("cy", bio_text="Tea", indexable=False),
        ],
    )
    put(engine, "posts", [post(i, "ana", text=text) for i, text in enumerate(texts)])
    put(engine, "posts", [post(9, "cy", text="Café Nord"), post(8, "bo", text="hello there")])
    judge(engine.catalogue, out=engine.home.judged)
    return engine


def found(engine: Engine, *names: tuple[str, str]) -> pl.DataFrame:
    creators = pl.scan_parquet(engine.home.judged / "creators.parquet")
    return mentions(engine.catalogue, creators, names)


def test_names_and_handles_where_they_stand_whole(said: Engine) -> None:
    rows = found(said, ("brand", "Café Nord"), ("brand", "@cafenord"))
    told = {
        (r["profile_id"], r["name"], r["where"]): r["passage"][r["start"] : r["end"]]
        for r in rows.iter_rows(named=True)
    }
    assert told[("tiktok:id-bo", "Café Nord", "bio")] == "CAFÉ NORD"
    assert told[("tiktok:id-ana", "@cafenord", "post")] == "@cafenord"
    mine = rows.filter(profile_id="tiktok:id-ana", name="Café Nord")
    assert mine["post_id"].to_list() == ["ana-0", "ana-1"]
    assert mine["marked"].to_list() == ["#werbung", None]
    assert mine["at"].to_list() == [NOW - timedelta(days=4), NOW - timedelta(days=5)]
    # Whose posts may not be searched is not read.
    assert "tiktok:id-cy" not in set(rows["profile_id"])


def test_competitors_are_told_apart(said: Engine) -> None:
    rows = found(said, ("brand", "Café Nord"), ("competitor", "Rival Roasters"))
    assert dict(rows.group_by("of").len().iter_rows()) == {"brand": 3, "competitor": 1}


def test_nothing_to_look_for_finds_nothing(said: Engine) -> None:
    assert found(said).is_empty()
    assert found(said, ("brand", "Unheard Of")).is_empty()
