"""`influencr followers`: a table in, the same rows out; models; refusals."""

import json

import polars as pl
import pytest

from influencr.cli import main

TABLE = """platform,handle,bio,has_avatar,posts,followers,following,note
instagram,anna.b,"bread, ""rye"" and salt in the hills",true,120,300,280,first
instagram,kk99281734,,false,0,3,7400,
mastodon,,,,,,,third
"""


def test_rows_keep_order_and_columns(tmp_path, capsys):
    source, output = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(TABLE, encoding="utf-8")
    command = ["followers", "score", "--input", str(source), "--output", str(output)]
    assert main(command) == 0
    found = pl.read_csv(output)
    assert found.columns == [*TABLE.splitlines()[0].split(","), "p_bought", "reasons"]
    assert found["note"].to_list() == ["first", None, "third"]
    assert found["bio"][0] == 'bread, "rye" and salt in the hills'
    p = found["p_bought"].to_list()
    assert p[0] < 0.1
    assert p[1] > 0.9
    assert "no posts" in found["reasons"][1]
    assert "3 rows" in capsys.readouterr().err
    assert main([*command[:-2], "--output", str(output)]) == 0  # again over its own output


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        ("", 1, "is empty"),
        ("shoe,size\na,4\n", 1, "no column of these profiles is understood"),
        ("handle,posts\n", 0, "0 rows"),
        ("handle,posts\na,1,2,3\n", 1, "no table"),
    ],
)
def test_what_is_no_table_of_profiles(tmp_path, capsys, content, code, words):
    source = tmp_path / "in.csv"
    source.write_text(content, encoding="utf-8")
    command = ["followers", "score", "--input", str(source), "--output", str(tmp_path / "o.csv")]
    assert main(command) == code
    told = capsys.readouterr().err
    assert words in told
    assert len(told.strip().splitlines()) == 1
    assert (tmp_path / "o.csv").exists() == (code == 0)


def test_fit_score_and_evaluate(tmp_path, capsys):
    rows = ["id,followers,following,label"]
    for i in range(60):
        rows.append(f"{i},{100 + 7 * i},{300 + i},real")
        rows.append(f"{1000 + i},{i % 9},{4000 + 31 * i},fake")
    source, model = tmp_path / "in.csv", tmp_path / "own.model"
    source.write_text("\n".join(rows) + "\n", encoding="utf-8")
    given = ["--input", str(source)]
    assert main(["followers", "fit", *given, "--label", "label", "--output", str(model)]) == 0
    assert "'id' is not used: an identifier" in capsys.readouterr().err
    output = tmp_path / "out.csv"
    score = ["followers", "score", *given, "--model", str(model), "--output", str(output)]
    assert main(score) == 0
    found = pl.read_csv(output)
    bought = found.filter(pl.col("label") == "fake")["p_bought"].min()
    assert bought > found.filter(pl.col("label") == "real")["p_bought"].max()
    capsys.readouterr()
    asked = ["followers", "evaluate", *given, "--label", "label", "--model", str(model)]
    assert main([*asked, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["figures"]["auc"]["value"] == 1
    assert main(asked) == 0
    assert "average precision" in capsys.readouterr().out


def test_a_label_column_that_is_not_there(tmp_path, capsys):
    source = tmp_path / "in.csv"
    source.write_text("a,label\n1,0\n", encoding="utf-8")
    command = ["followers", "evaluate", "--input", str(source), "--label", "lable"]
    assert main(command) == 2
    assert "did you mean 'label'" in capsys.readouterr().err
