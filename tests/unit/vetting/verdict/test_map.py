import xml.etree.ElementTree as ET

import msgspec
import numpy as np
import polars as pl
import pytest

from influencr.errors import UnknownValue
from influencr.vetting._audience import Accounts, Audience
from influencr.vetting.verdict import (
    MAP_SIZES,
    FollowerMap,
    as_evidence,
    empty_evidence,
    evidence_row,
    follower_map,
    map_data,
    map_summary,
    map_table,
    thumbnail,
    thumbnail_svg,
)
from influencr.vetting.verdict._thumbnail import ACROSS, UP

DAY = 86_400
START = 1_672_531_200


def audience(n, *, batch=0, pack=0, timed=True):
    rng = np.random.default_rng(n)
    at = np.sort(START + rng.random(n) * 900 * DAY).astype(np.int64)
    created = np.maximum(at - rng.exponential(200, n) * DAY, START - 500 * DAY).astype(np.int64)
    first = n // 3
    created[first : first + batch] = at[first] - 30 * DAY + np.arange(batch) % (5 * DAY)
    cause = np.zeros(n, dtype=np.int8)
    cause[2 * n // 3 : 2 * n // 3 + pack] = 1
    rows = []
    for family, begin, size, outcome in (
        ("C", first, batch, "not found"),
        ("G", 2 * n // 3, pack, "found"),
    ):
        if size:
            rows.append(
                evidence_row(
                    creator=0,
                    family=family,
                    statistic="x",
                    version="1",
                    member_rows=range(begin, begin + size),
                    from_at=at[begin],
                    to_at=at[begin] + 31 * 3_600,
                    fires=True,
                    checked=[{"alternative": "pack", "outcome": outcome, "detail": ""}],
                )
            )
    creators = pl.DataFrame(
        {"key": [1], "profile_id": ["bluesky:did:1"], "platform": ["bluesky"], "language": ["de"]}
    ).with_columns(topic=pl.lit("baking"), followers=pl.lit(n), created=pl.lit(START))
    made = Audience.of(
        creators,
        np.array([0, n]),
        np.arange(n),
        Accounts.of(np.arange(n, dtype=np.uint64), created=created),
        at=at if timed else None,
        cause=cause,
    )
    return made, as_evidence(rows)


@pytest.mark.parametrize("size", MAP_SIZES)
@pytest.mark.parametrize("n", [3, 300, 1_500, 1_501, 40_000])
def test_draws_well_formed_and_small(n, size):
    made, rows = audience(n, batch=n // 10, pack=n // 20)
    svg = follower_map(map_data(made, 0, rows), size=size, label="a")
    assert len(svg.encode()) < 60_000
    root = ET.fromstring(svg)
    assert root.attrib["role"] == "img"
    assert [child.tag.rpartition("}")[2] for child in root[:2]] == ["title", "desc"]
    assert "style=" not in svg
    assert "<script" not in svg


def test_a_million_followers_take_a_few_kilobytes():
    made, rows = audience(1_000_000, batch=30_000)
    data = map_data(made, 0, rows)
    assert len(msgspec.json.encode(data)) < 12_000
    assert len(follower_map(data).encode()) < 60_000


def test_data_survive_being_stored():
    data = map_data(*_first(audience(2_000, batch=100)))
    again = msgspec.json.decode(msgspec.json.encode(data), type=FollowerMap)
    assert follower_map(again) == follower_map(data)


def test_words_name_the_batch_and_the_known_crowd():
    data = map_data(*_first(audience(1_200, batch=90, pack=60)))
    words = map_summary(data)
    assert "90 accounts made" in words
    assert "explained by: starter pack or list" in words
    svg = follower_map(data)
    assert "90 accounts made" in svg
    assert "within 31 hours" in svg


def test_table_says_the_same_in_numbers():
    for n in (1_200, 24_000):
        rows = map_table(map_data(*_first(audience(n, batch=90, pack=60))))
        assert len(rows) == 12
        assert sum(r.in_batch for r in rows) == 90
        assert sum(r.in_crowd for r in rows) == 60
        assert sum(r.ordinary + r.in_batch + r.in_crowd for r in rows) == n
        assert (rows[0].first, rows[-1].last) == (1, n)


def test_unknown_times_and_dates():
    made, rows = audience(600, batch=50, timed=False)
    made.accounts.created[:100] = -1
    data = map_data(made, 0, rows)
    assert data.arrived == ()
    assert data.undated == 100
    assert "100 have no known creation date" in map_summary(data)
    made.accounts.created[:] = -1
    assert map_data(made, 0, rows) is None


def test_a_quiet_audience_says_so():
    made, _ = audience(500)
    assert "No batch stands out." in map_summary(map_data(made, 0, empty_evidence()))


def test_standalone_brings_both_themes():
    svg = follower_map(map_data(*_first(audience(400))), standalone=True)
    assert "prefers-color-scheme:dark" in svg


def test_unknown_size_is_refused():
    with pytest.raises(UnknownValue, match="size"):
        follower_map(map_data(*_first(audience(400))), size="huge")


def _first(pair):
    return pair[0], 0, pair[1]


def cells(svg, kind):
    """What the paths of one kind cover, as bool[ACROSS, UP], the oldest accounts at 0."""
    covered = np.zeros((ACROSS, UP), dtype=bool)
    for path in ET.fromstring(svg).iter("path"):
        if path.get("class")[0] != kind:
            continue
        for run in path.get("d").split("M")[1:]:
            start, length = run.split("h")[:2]
            x, y = (int(v) for v in start.split())
            covered[x : x + int(length.split("v")[0]), UP - 1 - y] = True
    return covered


@pytest.mark.parametrize("n", [300, 1_500, 24_000])
def test_a_thumbnail_covers_the_same_cells_as_the_followers(n):
    made, rows = audience(n, batch=n // 10, pack=n // 20)
    data = map_data(made, 0, rows)
    text = thumbnail(data)
    assert len(text) < 260
    svg = thumbnail_svg(text)
    created = made.accounts.created
    height = np.clip((created - data.low) / (data.high - data.low), 0, 1)
    across, up = np.arange(n) * ACROSS // n, np.minimum((height * UP).astype(int), UP - 1)
    there = np.zeros((ACROSS, UP), dtype=bool)
    there[across, up] = True
    # A date at the edge of a cell may be drawn in the next one.
    assert (cells(svg, "s") != there).mean() < 0.02
    batch = np.arange(n // 3, n // 3 + n // 10)
    stands = cells(svg, "b")
    assert stands[across[batch], up[batch]].mean() > 0.98
    assert stands.sum() <= len(set(zip(across[batch], up[batch], strict=True))) + 1


def test_a_thumbnail_without_batches_draws_none():
    for n in (400, 5_000):
        assert not cells(thumbnail_svg(thumbnail(map_data(*_first(audience(n))))), "b").any()
