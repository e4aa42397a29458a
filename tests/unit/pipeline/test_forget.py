"""Leaving: nothing left anywhere, for good, and completed after any interruption."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from influencr.engine import Engine
from influencr.errors import UnknownValue, UsageError
from influencr.pipeline import _forget
from influencr.search import Query

from .conftest import post, profile, put

CSV = (
    "id,username,full name,followers,bio\n"
    "1,anabakes,Ana Secretname,1000,Baker in Lyon and sourdough teacher\n"
    "2,bobgym,Bob,2000,Gym coach in Berlin who runs marathons\n"
    "3,anabakes2,Cy,minus ten,Potter\n"
)


def bytes_below(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file())


def imported(engine: Engine, folder: Path) -> Path:
    file = folder / "people.csv"
    file.write_text(CSV, encoding="utf-8")
    report = engine.import_files([file], platform="tiktok", licence="user-import")
    assert not report.failed
    return file


def test_no_byte_is_left_and_no_import_brings_them_back(engine: Engine, tmp_path: Path) -> None:
    file = imported(engine, tmp_path)
    engine.refresh()
    assert engine.search("baker").total == 1
    gone = engine.forget(["tiktok:@anabakes"], reason="opt_out")
    assert gone.n_creators == 1
    assert engine.search("baker").total == 0
    assert engine.show("tiktok:@anabakes") is None
    assert engine.show("tiktok:1") is None
    again = engine.import_files([file], platform="tiktok", licence="user-import")
    assert again.files[0].stored["profiles"].blocked == 1
    engine.refresh(force=True)
    assert engine.search("baker").total == 0
    out = tmp_path / "all.jsonl"
    engine.export(Query(everything=True), out)
    assert "bobgym" in out.read_text(encoding="utf-8")
    engine.close()
    assert b"Secretname" not in bytes_below(engine.home.path)
    assert b"sourdough teacher" not in bytes_below(engine.home.path)


def test_twice_is_once(village: Engine) -> None:
    village.refresh()
    village.forget(["tiktok:@ana"])
    again = village.forget(["tiktok:@ana"])
    assert again.erased.n_rows == 0
    assert village.search(everything=True).total == 1
    assert not village.status()["pending_removals"]


def test_by_id_by_handle_and_by_address(engine: Engine) -> None:
    put(engine, "profiles", [profile(name) for name in ("ana", "bob", "chloe", "dora")])
    engine.refresh()
    engine.forget(["tiktok:id-ana", "tiktok:@bob", "https://www.tiktok.com/@Chloe?lang=en"])
    assert [h.handle for h in engine.search().hits] == ["dora"]


def test_somebody_never_seen_is_blocked_all_the_same(village: Engine) -> None:
    village.refresh()
    village.forget(["tiktok:@zoe"])
    put(village, "profiles", [profile("zoe", bio_text="trapeze artist")])
    village.refresh()
    assert village.search("trapeze").total == 0


def test_before_any_refresh(village: Engine) -> None:
    village.forget(["tiktok:@ana"])
    village.refresh()
    assert [h.handle for h in village.search().hits] == ["bob"]


def test_a_refused_request_leaves_nothing_pending(village: Engine) -> None:
    village.refresh()
    with pytest.raises(UnknownValue, match="reason"):
        village.forget(["tiktok:@ana"], reason="boredom")
    with pytest.raises(UsageError, match="which platform"):
        village.forget(["@ana"])
    assert not village.status()["pending_removals"]
    village.refresh()
    assert village.search("baker").total == 1


class Killed(BaseException):
    """Stands for SIGKILL: nothing after it runs that a dead process would not run."""


STEPS = ["_removed_creators", "_rewrite_without", "purge_quarantine"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_in_between_the_next_refresh_completes(
    village: Engine, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    village.refresh()
    real = getattr(_forget, step)

    def dies(*arguments: object) -> object:
        if after:
            real(*arguments)
        raise Killed

    monkeypatch.setattr(_forget, step, dies)
    with pytest.raises(Killed):
        village.forget(["tiktok:@ana"])
    monkeypatch.undo()
    village.close()
    assert village.status()["pending_removals"]
    village.refresh()
    assert not village.status()["pending_removals"]
    assert [h.handle for h in village.search().hits] == ["bob"]
    village.close()
    assert b"sourdough" not in bytes_below(village.home.path)


def test_killed_before_the_registry_knows_they_still_go(
    village: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    village.refresh()

    def dies(*_: object, **__: object) -> object:
        raise Killed

    monkeypatch.setattr(type(village.catalogue), "erase", dies)
    with pytest.raises(Killed):
        village.forget(["tiktok:@ana"])
    monkeypatch.undo()
    assert village.status()["pending_removals"]
    village.refresh()
    assert [h.handle for h in village.search().hits] == ["bob"]


def test_who_leaves_while_the_judges_work_is_not_in_the_new_index(
    village: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is judged from a state in which Ana was still there."""
    village.refresh()
    old = village.home.judged / "creators.parquet"
    kept = old.with_name("kept")
    shutil.copy(old, kept)
    village.catalogue.erase(["tiktok:@ana"], reason="opt_out")
    village.refresh()
    shutil.copy(kept, old)
    assert pl.read_parquet(old)["handle"].to_list() == ["ana", "bob"]
    (village.home.judged / "removals.json").unlink()
    village.refresh()
    assert [h.handle for h in village.search().hits] == ["bob"]
    assert pl.read_parquet(old)["handle"].to_list() == ["bob"]


def test_other_peoples_rows_stay(village: Engine) -> None:
    put(village, "posts", [post(9, "bob", text="thanks @ana for the bread", reply_to="ana-1")])
    village.refresh()
    village.forget(["tiktok:@ana"])
    assert village.catalogue.latest("posts").collect()["post_id"].to_list() == ["bob-9"]
