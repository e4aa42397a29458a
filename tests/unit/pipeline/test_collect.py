"""From files and sources into the catalogue."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from influencr.engine import Engine
from influencr.errors import UnreadableInput, UsageError
from influencr.pipeline import Collected, collect, files_in
from influencr.sources import Batch

from .conftest import post, profile

GOOD = "username,followers,bio\nana,1000,Baker\nbob,2000,Coach\n"


class Village:
    """A source of two batches, the first of which comes twice."""

    name = "village"

    def batches(self) -> Iterator[Batch]:
        people = pl.DataFrame([profile("ana"), profile("bob")])
        yield Batch("profiles", people)
        yield Batch("posts", pl.DataFrame([post(1, "ana")]))
        yield Batch("profiles", people)


def test_a_source_is_stored_and_counted(engine: Engine) -> None:
    sums: list[Collected] = []
    found = collect(Village(), engine.catalogue, progress=sums.append)
    assert found.tables["profiles"] == (2, 2, 0)
    assert found.tables["posts"].new == 1
    assert found.n_new == 3
    assert [s.n_new for s in sums] == [2, 3, 3]
    assert collect(Village(), engine.catalogue).n_new == 0


def test_a_file_that_cannot_be_read_keeps_no_other_out(engine: Engine, tmp_path: Path) -> None:
    for name, content in {"a.csv": GOOD, "b.csv": "", "c.csv": GOOD.replace("ana", "cy")}.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    report = engine.import_files([tmp_path], platform="tiktok", licence="user-import")
    assert [f.path.name for f in report.files] == ["a.csv", "b.csv", "c.csv"]
    assert [f.path.name for f in report.failed] == ["b.csv"]
    assert isinstance(report.failed[0].error, UnreadableInput)
    assert report.failed[0].stored == {}
    assert engine.catalogue.latest("profiles").collect().height == 3


def test_importing_twice_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(GOOD, encoding="utf-8")
    assert engine.import_files([file], platform="tiktok", licence="user-import").n_new == 2
    versions = engine.catalogue.versions()
    again = engine.import_files([file], platform="tiktok", licence="user-import")
    assert again.n_new == 0
    assert again.files[0].stored["profiles"].unchanged == 2
    assert engine.catalogue.versions() == versions


def test_progress_names_the_file(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(GOOD, encoding="utf-8")
    seen: list[tuple[Path, int, int]] = []
    engine.import_files(
        [file], platform="tiktok", licence="x", progress=lambda *now: seen.append(now)
    )
    assert {path for path, _, _ in seen} == {file}
    assert seen[-1][1] == seen[-1][2] == file.stat().st_size


def test_a_folder_means_its_data_files_in_order(tmp_path: Path) -> None:
    for name in ("b.csv", "a.jsonl.gz", "README.md", ".hidden.csv", "c.parquet"):
        (tmp_path / name).touch()
    assert [p.name for p in files_in([tmp_path])] == ["a.jsonl.gz", "b.csv", "c.parquet"]
    odd = tmp_path / "README.md"
    assert files_in([odd, odd]) == [odd]


def test_nothing_to_import_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least one file"):
        files_in([])
    with pytest.raises(UnreadableInput, match="no data file"):
        files_in([tmp_path])
    with pytest.raises(UnreadableInput, match="does not exist"):
        files_in([tmp_path / "absent.csv"])
