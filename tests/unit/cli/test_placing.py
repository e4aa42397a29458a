"""places resolve and places search."""

import json

import pytest


def resolved(file):
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_rows_come_back_in_order_with_every_promised_key(run, tmp_path):
    file, output = tmp_path / "in.csv", tmp_path / "out.jsonl"
    file.write_text(
        'location,bio,time_zone,language\n"Paris, TX",,,en\nLyon,,,fr\n"the moon, mostly",,,\n',
        encoding="utf-8-sig",
    )
    assert run("places", "resolve", "--input", file, "--output", output).code == 0
    rows = resolved(output)
    promised = [
        *("row", "level", "country", "admin1", "place_id"),
        *("name", "lat", "lon", "confidence", "reason", "basis", "evidence", "others"),
    ]
    assert [list(row) for row in rows] == [promised] * 3
    assert [row["row"] for row in rows] == [0, 1, 2]
    assert [row["country"] for row in rows] == ["US", "FR", None]
    assert rows[0]["admin1"] == "US-TX"
    assert rows[2]["reason"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("semicolon.csv", "id;where\n1;Lyon\n"),
        ("tab.tsv", "id\twhere\n1\tLyon\n"),
        ("lines.jsonl", '{"id": 1, "where": "Lyon"}\n\n'),
    ],
)
def test_a_column_called_otherwise(run, tmp_path, name, text):
    file, output = tmp_path / name, tmp_path / "out.jsonl"
    file.write_text(text, encoding="utf-8")
    words = ("--input", file, "--output", output, "--column", "where", "--quiet")
    done = run("places", "resolve", *words)
    assert (done.code, done.err) == (0, "")
    assert [row["name"] for row in resolved(output)] == ["Lyon"]


def test_the_column_wins_over_one_called_location(run, tmp_path):
    file, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    file.write_text('{"location": "Berlin", "where": "Lyon"}\n{"where": null}\n', encoding="utf-8")
    run("places", "resolve", "--input", file, "--output", output, "--column", "where")
    assert [row["name"] for row in resolved(output)] == ["Lyon", None]


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (b"", 1, "empty"),
        (b"who,when\na,b\n", 2, "location"),
        (b"location\n\xff\xfe\x00L\n", 1, "UTF-8"),
        (b'{"location": "Lyon"}\nnot json\n', 1, "line 2"),
    ],
)
def test_bad_input_is_one_sentence_and_leaves_no_output(run, tmp_path, text, code, said):
    file, output = tmp_path / "in", tmp_path / "out.jsonl"
    file.write_bytes(text)
    done = run("places", "resolve", "--input", file, "--output", output)
    assert done.code == code
    assert said in done.err
    assert list(tmp_path.iterdir()) == [file]


def test_an_unknown_column_names_the_nearest(run, tmp_path):
    file = tmp_path / "in.csv"
    file.write_text("location,bio\nLyon,\n", encoding="utf-8")
    words = ("--input", file, "--output", tmp_path / "o", "--column", "locatoin")
    done = run("places", "resolve", *words)
    assert done.code == 2
    assert "did you mean 'location'" in done.err


def test_links_numbers_and_fields_are_read(run, tmp_path):
    file, output = tmp_path / "in.csv", tmp_path / "out.jsonl"
    file.write_text(
        "links,phone,fields\n"
        '"https://ofen.example.at, https://x.example.com",+43 1 5550 1234,\n'
        ',,"{""Wohnort"": ""Graz"", ""Pronomen"": ""sie""}"\n'
        ',,"[{""name"": ""Location"", ""value"": ""<p>Lyon</p>""}]"\n'
        ",,not json\n",
        encoding="utf-8",
    )
    assert run("places", "resolve", "--input", file, "--output", output).code == 0
    rows = resolved(output)
    assert [row["country"] for row in rows] == ["AT", "AT", "FR", None]
    assert [row["basis"] for row in rows] == ["hints", "declared", "declared", None]
    assert rows[0]["level"] == "country"
    assert rows[0]["evidence"][0] == "phone +43 -> Austria"
    assert [row["others"] for row in rows] == [[]] * 4
