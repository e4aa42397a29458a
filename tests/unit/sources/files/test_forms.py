"""Any packing, encoding, delimiter and format gives the same rows."""

import gzip
import json
from datetime import UTC, datetime

import polars as pl
import pytest
import zstandard

from influencr.errors import UnknownValue, UsageError

CSV = "username,name,bio,followers\nana,Ana,café & niño,1200\nbo,Bo,,15\n"
WANTED = [("instagram:@ana", "Ana", "café & niño", 1200), ("instagram:@bo", "Bo", None, 15)]


def essence(imported):
    return [
        (r["profile_id"], r["display_name"], r["bio_text"] or None, r["followers"])
        for r in imported.rows
    ]


def packed(how, data):
    if how == "gzip":
        return gzip.compress(data)
    if how == "two gzip members":
        return gzip.compress(data[:40]) + gzip.compress(data[40:])
    return zstandard.ZstdCompressor().compress(data) if how == "zstd" else data


@pytest.mark.parametrize("how", ["plain", "gzip", "two gzip members", "zstd"])
def test_packing_is_told_by_content_not_by_name(desk, how):
    path = desk.write("list.csv", packed(how, CSV.encode()))
    assert essence(desk.take(path, platform="instagram")) == WANTED


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"]
)
def test_encoding_is_told_by_content(desk, encoding):
    path = desk.write("list.csv", CSV, encoding=encoding)
    imported = desk.take(path, platform="instagram")
    assert essence(imported) == WANTED
    assert imported.plan.encoding_reason


def test_central_european_text_is_not_read_as_western(desk):
    text = "username,bio\nzofia,Miłośniczka gór i książek\nkarel,Žluťoučký kůň příliš\n" * 3
    path = desk.write("list.csv", text, encoding="cp1250")
    imported = desk.take(path, platform="instagram")
    assert imported.rows[0]["bio_text"] == "Miłośniczka gór i książek"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimiter_is_found(desk, mark):
    text = CSV.replace(",", mark)
    assert essence(desk.text("list.txt", text, platform="instagram")) == WANTED


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_do_not_matter(desk, end):
    text = CSV.replace("\n", end)
    assert essence(desk.take(desk.write("l.csv", text), platform="instagram")) == WANTED


def test_semicolons_win_over_decimal_commas(desk):
    text = "username;followers;er\nana;1.200;4,5\nbo;15;2,25\n"
    imported = desk.text("l.csv", text, platform="instagram")
    assert imported.plan.delimiter == ";"
    assert [(r["followers"], r["engagement_rate_claimed"]) for r in imported.rows] == [
        (1200, 0.045),
        (15, 0.0225),
    ]
    assert "numbers are written with a decimal comma" in imported.plan.notes


RECORDS = [
    {"username": "ana", "name": "Ana", "bio": "café & niño", "followers": 1200},
    {"username": "bo", "name": "Bo", "bio": "", "followers": 15},
]


@pytest.mark.parametrize("indent", [None, 2])
def test_json_array(desk, indent):
    text = json.dumps(RECORDS, ensure_ascii=False, indent=indent)
    imported = desk.text("list.json", text, platform="instagram")
    assert imported.plan.format == "JSON array"
    assert essence(imported) == WANTED


def test_json_lines_and_their_empty_texts(desk):
    text = "\n".join(json.dumps(r) for r in RECORDS)
    imported = desk.text("list.jsonl", text, platform="instagram")
    assert imported.plan.format == "JSON lines"
    assert essence(imported) == WANTED
    assert imported.rows[1]["bio_text"] == ""  # JSON says that the bio is empty, CSV cannot


def test_parquet_keeps_types(desk):
    path = desk.folder / "list.parquet"
    frame = pl.DataFrame(RECORDS).with_columns(
        created_at=pl.lit(datetime(2020, 5, 1, tzinfo=UTC)), tags=pl.Series([["a", "b"], []])
    )
    frame.write_parquet(path)
    imported = desk.take(path, platform="instagram")
    assert essence(imported) == WANTED
    assert imported.rows[0]["account_created_at"] == datetime(2020, 5, 1, tzinfo=UTC)
    assert imported.rows[0]["topics_declared"] == ["a", "b"]
    assert imported.rows[1]["topics_declared"] is None


def test_nested_records_are_flattened(desk):
    record = {"id": "9007", "user": {"screen_name": "ana", "followers_count": 7}, "text": "hi"}
    imported = desk.text("x.jsonl", json.dumps(record), platform="twitter")
    assert imported.plan.tables == ("posts", "profiles")
    assert imported.tables["posts"]["post_id"].to_list() == ["twitter:9007"]
    assert imported.tables["profiles"].rows(named=True)[0]["followers"] == 7


def test_fields_over_several_lines(desk):
    text = 'username,bio,followers\nana,"one\ntwo, ""three""\n",5\nbo,x,6\ncy,"y\nz",minus\n'
    imported = desk.text("l.csv", text, platform="tiktok")
    assert imported.rows[0]["bio_text"] == 'one\ntwo, "three"'
    assert imported.rows[1]["followers"] == 6
    assert imported.quarantined[0]["line"] == 6  # where the row begins, not where it ends


def test_blank_lines_and_a_missing_last_line_end(desk):
    imported = desk.text("l.csv", "\nusername\n\nana\n\n\nbo", platform="tiktok")
    assert [r["handle"] for r in imported.rows] == ["ana", "bo"]


def test_batches_do_not_depend_on_buffers(desk):
    text = "username,followers\n" + "".join(f"u{i},{i}\n" for i in range(400))
    path = desk.write("tiktok.csv", text)
    small = desk.take(path, batch_rows=7)
    large = desk.take(path, batch_rows=100_000)
    assert small.tables["profiles"].equals(large.tables["profiles"])


def test_encoding_can_be_told(desk):
    path = desk.write("l.csv", "username,bio\nana,café\n", encoding="mac_roman")
    imported = desk.take(path, platform="tiktok", encoding="mac_roman")
    assert imported.rows[0]["bio_text"] == "café"
    with pytest.raises(UsageError, match="utf-99"):
        desk.take(path, platform="tiktok", encoding="utf-99")


def test_wrong_option_values_name_the_valid_ones(desk):
    path = desk.write("l.csv", CSV)
    with pytest.raises(UnknownValue, match="profiles"):
        desk.take(path, kind="profile")
    with pytest.raises(UnknownValue, match="platform"):
        desk.take(path, platform="??")
    with pytest.raises(UnknownValue, match="username"):
        desk.take(path, platform="tiktok", mapping={"usernam": "handle"})
    with pytest.raises(UnknownValue, match="followers"):
        desk.take(path, platform="tiktok", mapping={"followers": "folowers"})
    with pytest.raises(UnknownValue, match="only"):
        desk.take(path, platform="tiktok", only={"labl": "genuine"})
    with pytest.raises(UsageError, match="licence"):
        desk.take(path, platform="tiktok", licence=" ")
