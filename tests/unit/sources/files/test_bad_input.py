"""Bad input: one clear sentence, or quarantined rows; nothing is lost silently."""

import gzip
import json
import os
import random

import polars as pl
import pytest
import zstandard

from influencr.errors import UnreadableInput, UsageError
from influencr.sources.files import FileSource, inspect, purge_quarantine


def reasons(imported):
    return {entry["line"]: entry["reason"] for entry in imported.quarantined}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b" \n\t\n", "white space"),
        (gzip.compress(b"", mtime=0), "nothing to import"),
        (b"username,followers\n\x00\x01\x02\xff\x00", "binary"),
        (bytes(range(1, 9)) * 200, "binary"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"PAR1 is not all of it", "Parquet"),
        (b"[1, 2, 3]", "no column names a creator"),
        (b'{"a": \n', "no record"),
        (gzip.compress(b"PAR1" + bytes(40), mtime=0), "Parquet"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(desk, content, says):
    path = desk.write("file.csv", content)
    with pytest.raises((UnreadableInput, UsageError), match=says) as caught:
        inspect(path, platform="tiktok")
    assert "file.csv" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_files_and_folders(desk):
    with pytest.raises(UnreadableInput, match="does not exist"):
        inspect(desk.folder / "nowhere.csv")
    with pytest.raises(UnreadableInput, match="folder"):
        inspect(desk.folder)


def test_header_only_is_nothing_and_says_so(desk):
    imported = desk.text("l.csv", "username,followers\n", platform="tiktok")
    assert (imported.report.rows_read, imported.tables) == (0, {})
    assert "the file has a header and no rows" in imported.plan.notes


def test_duplicate_header_is_named(desk):
    path = desk.write("l.csv", "username,followers,followers\nana,1,2\n")
    with pytest.raises(UsageError, match="'followers' more than once"):
        inspect(path, platform="tiktok")


def test_wrong_delimiter_names_what_was_seen(desk):
    path = desk.write("l.csv", "username:followers\nana:5\n")
    with pytest.raises(UsageError, match=r"'username:followers'.*one column only"):
        inspect(path, platform="tiktok")


def test_no_network_asks_for_it(desk):
    path = desk.write("l.csv", "username,followers\nana,5\n")
    with pytest.raises(UsageError, match="--platform"):
        inspect(path)


def test_bad_rows_are_kept_with_line_and_reason(desk):
    text = (
        "username,followers,posts\n"
        "ana,10,1\n"
        ",11,1\n"  # 3
        "bo,-5,1\n"  # 4
        "cy,many,1\n"  # 5
        "dee,12\n"  # 6
        "eli,13,1,9\n"  # 7
        "two words,14,1\n"  # 8
        "fay,1.5,1\n"  # 9
        "gus,15,1\n"
    )
    imported = desk.text("l.csv", text, platform="tiktok")
    assert [r["handle"] for r in imported.rows] == ["ana", "gus"]
    assert reasons(imported) == {
        3: "no handle and no id",
        4: "followers: negative",
        5: "followers: not a number",
        6: "2 fields where the header has 3",
        7: "4 fields where the header has 3",
        8: "handle: white space inside, so neither handle nor id",
        9: "followers: not a whole number",
    }
    assert imported.report.reasons["wrong number of fields"] == 2
    assert imported.quarantined[1]["row"] == {"username": "bo", "followers": "-5", "posts": "1"}
    assert imported.quarantined[1]["value"] == "-5"


def test_importing_again_gives_the_same_quarantine(desk):
    path = desk.write("l.csv", "username,followers\nana,-1\nbo,2\n")
    first = desk.take(path, platform="tiktok")
    second = desk.take(path, platform="tiktok")
    assert first.quarantined == second.quarantined
    assert len(list(desk.quarantine.iterdir())) == 1
    desk.write("l.csv", "username,followers\nana,1\nbo,2\n")
    assert desk.take(path, platform="tiktok").report.quarantine_file is None
    assert list(desk.quarantine.iterdir()) == []


def test_a_stopped_import_leaves_nothing_half_written(desk):
    path = desk.write(
        "l.csv", "username,followers\nana,-1\n" + "".join(f"u{i},1\n" for i in range(9))
    )
    plan = inspect(path, platform="tiktok")
    batches = FileSource(
        plan, licence="user-import", quarantine=desk.quarantine, batch_rows=3
    ).batches()
    next(batches)
    batches.close()
    assert list(desk.quarantine.iterdir()) == []


def test_a_quote_that_is_never_closed_costs_its_own_row(desk):
    rows = "".join(f"u{i},fine,{i}\n" for i in range(50))
    text = 'username,bio,followers\nana,"never closed,5\n' + rows
    imported = desk.text("l.csv", text, platform="tiktok")
    assert imported.report.rows_kept == 50
    assert list(reasons(imported)) == [2]
    assert "never closed" in reasons(imported)[2]


def test_a_stray_quote_between_quoted_rows_costs_its_own_row(desk):
    rows = "".join(f'u{i},"fine, {i}",{i}\n' for i in range(20))
    text = 'username,bio,followers\nana,"open,5\n' + rows
    imported = desk.text("l.csv", text, platform="tiktok")
    assert imported.report.rows_kept == 20
    assert list(reasons(imported)) == [2]


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress])
def test_an_endless_line_costs_its_own_row(desk, pack):
    long = "x" * (24 << 20)
    text = f"username,bio,followers\nana,a,1\nbo,{long},2\ncy,c,3\n"
    imported = desk.take(desk.write("l.csv", pack(text.encode())), platform="tiktok")
    assert [r["handle"] for r in imported.rows] == ["ana", "cy"]
    assert reasons(imported) == {3: "a line longer than 16 MiB"}
    assert len(imported.quarantined[0].get("row", "")) <= 500


def test_an_endless_json_line_costs_its_own_row(desk):
    lines = [
        '{"username": "ana"}',
        '{"username": "' + "x" * (24 << 20) + '"}',
        '{"username": "cy"}',
    ]
    path = desk.write("l.jsonl", zstandard.ZstdCompressor().compress("\n".join(lines).encode()))
    imported = desk.take(path, platform="tiktok")
    assert [r["handle"] for r in imported.rows] == ["ana", "cy"]
    assert reasons(imported) == {2: "a line longer than 16 MiB"}


def test_a_file_of_one_endless_line_is_refused(desk):
    with pytest.raises(UnreadableInput, match="header"):
        inspect(desk.write("l.csv", b"a" * (5 << 20)), platform="tiktok")


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_a_truncated_archive_keeps_the_rows_before_the_break(desk, packing):
    rng = random.Random(1)
    rows = "".join(f"u{i},{rng.getrandbits(60)}\n" for i in range(100_000))
    data = ("username,followers\n" + rows).encode()
    pack = gzip.compress if packing == "gzip" else zstandard.ZstdCompressor().compress
    whole = pack(data)
    path = desk.write("l.csv", whole[: len(whole) // 2])
    imported = desk.take(path, platform="tiktok")
    assert imported.report.truncated
    assert "breaks off" in imported.report.problem
    assert 25_000 < imported.report.rows_kept < 75_000
    assert imported.report.rows_quarantined <= 1  # the row inside which the file ends
    expected = [int(line.split(",")[1]) for line in rows.splitlines()[: imported.report.rows_kept]]
    assert imported.tables["profiles"]["followers"].to_list() == expected


def test_damage_inside_gzip_is_said(desk):
    data = bytearray(gzip.compress(b"username,followers\n" + os.urandom(0) + b"ana,1\n" * 10))
    data[-8] ^= 255  # the checksum
    imported = desk.take(desk.write("l.csv", bytes(data)), platform="tiktok")
    assert imported.report.truncated
    assert "damaged" in imported.report.problem


def test_lone_surrogates_never_reach_a_table(desk):
    csv = b"username,bio\nana,a\xed\xa0\x80b\nbo,\xed\xa0\xbd\xed\xb8\x80\ncy,c\n"
    imported = desk.take(desk.write("l.csv", csv), platform="tiktok")
    assert [r["bio_text"] for r in imported.rows] == ["ab", "\U0001f600", "c"]
    text = '{"username": "ana", "bio": "a\\ud800b"}\n{"username": "bo", "bio": "\\ud83d\\ude00"}'
    imported = desk.text("l.jsonl", text, platform="tiktok")
    assert [r["bio_text"] for r in imported.rows] == ["ab", "\U0001f600"]
    imported = desk.text("l.json", f"[{text.replace(chr(10), ',')}]", platform="tiktok")
    assert [r["bio_text"] for r in imported.rows] == ["ab", "\U0001f600"]


def test_bytes_that_are_no_text_cost_their_own_row(desk):
    good = "".join(f"é{i},é\n" for i in range(30)).encode()
    imported = desk.take(
        desk.write("l.csv", b"username,bio\n" + good + b"ana,\xff\xfe\nbo,x\n"), platform="tiktok"
    )
    assert imported.report.rows_kept == 31
    assert reasons(imported) == {32: "bytes that are not valid text in this encoding"}


def test_bad_json_lines_cost_their_own_row(desk):
    text = '{"username": "ana"}\n{"username": \n[1]\n\nnull\n{"username": "bo", "followers": NaN}\n'
    imported = desk.text("l.jsonl", text, platform="tiktok")
    assert [r["handle"] for r in imported.rows] == ["ana", "bo"]
    assert reasons(imported) == {
        2: "not valid JSON",
        3: "not a JSON object",
        5: "not a JSON object",
    }


def test_a_broken_json_array_keeps_what_came_before(desk):
    text = '[\n{"username": "ana"},\n{"username": "bo"},\n{"username": oops}, {"username": "cy"}]'
    imported = desk.text("l.json", text, platform="tiktok")
    assert [r["handle"] for r in imported.rows] == ["ana", "bo"]
    assert imported.report.truncated
    assert "from line 4 on" in imported.report.problem


def test_a_damaged_parquet_file_is_said(desk):
    path = desk.folder / "l.parquet"
    frame = pl.DataFrame({"username": [f"u{i}" for i in range(50_000)]})
    frame.write_parquet(path, row_group_size=5_000, compression="uncompressed", statistics=False)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 20_000] = b"\xff" * 20_000
    path.write_bytes(bytes(data))
    source = FileSource(
        inspect(path, platform="tiktok"), licence="user-import", quarantine=desk.quarantine
    )
    for _ in source.batches():
        continue
    report = source.report
    assert report.truncated or report.rows_quarantined


def test_the_same_profile_twice(desk):
    text = "username,followers,observed_at\nana,1,\nana,1,\nANA,2,\nana,3,2020-01-01\n"
    imported = desk.text("l.csv", text, platform="tiktok")
    assert [r["followers"] for r in imported.rows] == [1, 3]  # another time: another observation
    assert imported.report.rows_duplicate == 1
    assert reasons(imported) == {4: "the same profile again with other values"}


def test_purging_takes_a_person_out_of_the_quarantine(desk):
    text = "username,followers\nana,-1\nbo,-2\nana,too,many\n"
    imported = desk.text("l.csv", text, platform="tiktok")
    assert purge_quarantine(desk.quarantine, ["tiktok:@ana"]) == 2
    kept = imported.report.quarantine_file.read_text(encoding="utf-8")
    assert "ana" not in kept
    assert json.loads(kept)["row"]["username"] == "bo"
    assert purge_quarantine(desk.quarantine, ["tiktok:@bo"]) == 1
    assert list(desk.quarantine.iterdir()) == []
