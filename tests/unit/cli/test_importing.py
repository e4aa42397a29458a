"""import: what a person reads, what a script gets, and how it ends."""

import gzip
import json

import pytest


def test_a_file_without_any_option(run, home_folder, profiles):
    done = run("import", profiles)
    assert done.code == 0
    assert "username" in done.out
    assert "-> handle" in done.out
    assert "4 rows read" in done.out
    assert "quarantine" in done.out
    assert "creators are searchable" in done.out
    assert 'licence "user-import"' in done.err
    found = run("search", "baking", "--json").document
    assert [hit["handle"] for hit in found["hits"]] == ["ana_bakes"]
    assert found["hits"][0]["licence"] == "user-import"
    assert found["hits"][0]["place"]["country"] == "FR"


def test_the_document_counts_every_row(run, home_folder, profiles):
    options = ("--licence", "own records", "--lawful-basis", "legitimate interest")
    done = run("import", profiles, *options, "--json")
    assert done.code == 0
    (file,) = done.document["files"]
    assert file["rows_read"] == 4
    assert file["rows_kept"] + file["rows_quarantined"] == 4
    assert sum(file["reasons"].values()) >= file["rows_quarantined"] > 0
    assert file["platform"] == "tiktok"
    assert file["stored"]["profiles"]["new"] == file["rows_kept"]
    assert done.document["licence"] == "own records"
    assert "state the terms" not in done.err


def test_a_second_time_changes_nothing(run, home_folder, profiles):
    run("import", profiles)
    (file,) = run("import", profiles, "--json").document["files"]
    assert file["stored"]["profiles"]["new"] == 0
    assert file["stored"]["profiles"]["unchanged"] == file["rows_kept"]


def test_one_bad_file_fails_the_command_and_not_the_others(run, home_folder, profiles, tmp_path):
    empty = tmp_path / "empty.csv"
    empty.touch()
    done = run("import", empty, profiles)
    assert done.code == 1
    assert "empty.csv" in done.err
    assert run("search", "gym", "--json").document["total"] == 1


def test_a_file_that_breaks_off_fails_the_command_and_keeps_its_rows(run, home_folder, tmp_path):
    rows = "".join(f"u{i},{i * 7919 % 1_000_003},gym\n" for i in range(5_000))
    packed = gzip.compress(f"username,followers,bio\n{rows}".encode(), mtime=0)
    torn = tmp_path / "tiktok_torn.csv.gz"
    torn.write_bytes(packed[: len(packed) // 2])
    done = run("import", torn)
    assert done.code == 1
    assert done.err.count("could not be read to its end") == 1
    assert 1_000 < run("search", "gym", "--json").document["total"] < 4_000


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--platform", "tik tok!"], "tik tok!"),
        (["--kind", "people"], "profiles"),
        (["--mapping", "username"], "COLUMN=VALUE"),
        (["--mapping", "nowhere.json"], "nowhere.json"),
        (["--mapping", "username=nickname"], "nickname"),
        (["--only", "colour=red"], "colour"),
        (["--observed-at", "yesterday"], "2026-05-31"),
        (["--encoding", "klingon"], "klingon"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_a_wrong_option_is_exit_2_and_imports_nothing(run, home_folder, profiles, words, said):
    done = run("import", profiles, *words)
    assert done.code == 2
    assert said in done.err


def test_a_file_that_does_not_exist(run, home_folder):
    done = run("import", "nowhere.csv")
    assert done.code == 1
    assert "nowhere.csv" in done.err
    assert not home_folder.exists()


def test_columns_named_by_hand(run, home_folder, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("wer,a=b\nana_bakes,vegan baking\n", encoding="utf-8")
    names = tmp_path / "names.json"
    names.write_text(json.dumps({"wer": "handle"}), encoding="utf-8")
    words = ("--platform", "tiktok", "--mapping", names, "--mapping", "a=b=bio_text")
    assert run("import", file, *words).code == 0
    assert run("search", "baking", "--json").document["total"] == 1


def test_only_some_rows(run, home_folder, profiles):
    (file,) = run("import", profiles, "--only", "team=blue", "--json").document["files"]
    assert file["rows_left_out"] == 2
    assert run("search", "baking", "--json").document["total"] == 0
    assert run("search", "gym", "--json").document["total"] == 1


def test_a_dry_run_leaves_nothing_behind(run, home_folder, profiles):
    done = run("import", profiles, "--dry-run")
    assert done.code == 0
    assert "-> handle" in done.out
    assert not home_folder.exists()
    (file,) = run("import", profiles, "--dry-run", "--json").document["files"]
    assert file["mapping"]["username"] == "handle"


def test_storing_without_indexing(run, home_folder, profiles):
    done = run("import", profiles, "--no-index", "--json")
    assert done.document["creators"] is None
    assert run("search", "gym").code == 1
    run("import", profiles)
    assert run("search", "gym", "--json").document["total"] == 1


def test_the_time_of_observation_is_recorded(run, home_folder, profiles):
    run("import", profiles, "--observed-at", "2026-05-31")
    (hit,) = run("search", "gym", "--json").document["hits"]
    assert hit["fetched_at"] == "2026-05-31T00:00:00Z"


def test_real_people_never_enter_an_invented_world(ask, profiles):
    done = ask("import", profiles)
    assert done.code == 2
    assert "another --home" in done.err


def test_quiet_says_nothing_on_stderr_but_the_licence(run, home_folder, profiles):
    done = run("import", profiles, "--quiet", "--licence", "own records")
    assert done.err == ""
