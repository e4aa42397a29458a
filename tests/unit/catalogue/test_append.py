import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import influencr
from influencr.catalogue import Appended, Catalogue
from influencr.errors import Busy, SchemaError, UnknownValue, UsageError

TABLES = ("profiles", "posts", "follows", "engagements", "packs")


@pytest.mark.parametrize("table", TABLES)
def test_a_second_delivery_changes_nothing(catalogue, again, world, table):
    n = len(world[table])
    assert catalogue.append(table, world[table]) == Appended(n, 0, 0)
    version = catalogue.versions()[table]
    assert catalogue.append(table, world[table]) == Appended(0, n, 0)
    assert again().append(table, world[table].reverse()) == Appended(0, n, 0)
    assert catalogue.versions()[table] == version
    assert catalogue.scan(table).collect().height == n


def test_the_same_said_later_or_by_another_source_is_unchanged(catalogue, rows):
    ana = [{"profile_id": "tiktok:1", "platform": "tiktok", "followers": 10}]
    catalogue.append("profiles", rows(ana))
    assert catalogue.append("profiles", rows(ana, day=5, source="other")).unchanged == 1
    assert catalogue.append("profiles", rows(ana, day=6, licence="other")).new == 1


def test_a_change_and_the_way_back_are_both_kept(catalogue, rows):
    for day, followers in ((1, 10), (2, 11), (3, 10), (4, 10)):
        row = {"profile_id": "tiktok:1", "platform": "tiktok", "followers": followers}
        catalogue.append("profiles", rows([row], day=day))
    stored = catalogue.scan("profiles").sort("fetched_at").collect()
    assert stored["followers"].to_list() == [10, 11, 10]


def test_twins_in_one_batch_are_stored_once(catalogue, rows):
    row = {"follower_id": "tiktok:1", "followed_id": "tiktok:2"}
    assert catalogue.append("follows", rows([row, row, row])) == Appended(1, 2, 0)


def test_a_null_in_the_key_is_a_value_of_the_key(catalogue, rows):
    row = {"actor_id": "tiktok:1", "post_id": "p", "kind": "like", "at": None}
    assert catalogue.append("engagements", rows([row])).new == 1
    assert catalogue.append("engagements", rows([row], day=2)).unchanged == 1
    assert catalogue.latest("engagements").collect().height == 1


def test_a_batch_that_does_not_fit_stores_nothing(catalogue, world):
    with pytest.raises(SchemaError):
        catalogue.append("follows", world["follows"].drop("licence"))
    assert catalogue.scan("follows").collect().is_empty()
    assert catalogue.append("follows", world["follows"].head(0)) == Appended(0, 0, 0)
    assert catalogue.versions()["follows"] == -1


def test_tables_that_cannot_be_appended_to_are_refused(catalogue, world):
    with pytest.raises(UnknownValue, match="'profiles'"):
        catalogue.append("profile", world["profiles"])
    with pytest.raises(UsageError, match="erase"):
        catalogue.append("removals", pl.DataFrame({"key_hash": ["x"]}))
    with pytest.raises(UsageError, match="salt"):
        Catalogue("anywhere", salt=b"")


def test_two_catalogues_that_take_turns_see_each_other(catalogue, again, rows):
    other = again()
    for day in range(1, 9):
        row = {"profile_id": "tiktok:1", "platform": "tiktok", "followers": day // 2}
        writer = (catalogue, other)[day % 2]
        writer.append("profiles", rows([row], day=day))
    assert catalogue.scan("profiles").collect().height == 5


def test_many_small_appends_stay_few_files(catalogue, again, rows, monkeypatch):
    monkeypatch.setattr("influencr.catalogue._catalogue.SMALL_FILES", 5)
    watcher = again()
    for i in range(23):
        catalogue.append("follows", rows([{"follower_id": f"x:{i}", "followed_id": "x:0"}]))
        if i % 6 == 0:
            # A second process meets the merged files and still knows every row.
            repeated = rows([{"follower_id": f"x:{j}", "followed_id": "x:0"} for j in range(i + 1)])
            assert watcher.append("follows", repeated) == Appended(0, i + 1, 0)
    statistics = {s.table: s for s in catalogue.statistics()}
    assert statistics["follows"].rows == 23
    assert statistics["follows"].files < 6


def test_statistics_come_from_the_log(catalogue, world, rows):
    catalogue.append("follows", world["follows"])
    catalogue.append("follows", rows([{"follower_id": "x:1", "followed_id": "x:2"}], day=9))
    found = {s.table: s for s in catalogue.statistics()}
    follows = found["follows"]
    assert (follows.rows, follows.files, follows.version) == (5, 2, 2)
    assert follows.n_bytes > 1000
    assert follows.first_fetched_at.day == 1
    assert follows.last_fetched_at.day == 9
    assert found["posts"] == ("posts", 0, 0, 0, -1, None, None)


def test_a_writer_that_never_lets_go_is_named(catalogue, world, monkeypatch):
    from influencr.catalogue import _locks

    monkeypatch.setattr(_locks.held, "__kwdefaults__", {"patience": 0.05}, raising=False)
    with (
        _locks.held(Path(f"{catalogue.root}/follows.lock")),
        pytest.raises(Busy, match=r"follows\.lock: another process"),
        _locks.held(Path(f"{catalogue.root}/follows.lock"), patience=0.05),
    ):
        pass
    assert catalogue.append("follows", world["follows"]).new == 4


WORKER = """
import sys
from datetime import UTC, datetime
import polars as pl
from influencr.catalogue import Catalogue, _catalogue

_catalogue.SMALL_FILES = 6
root, me = sys.argv[1], int(sys.argv[2])
catalogue = Catalogue(root, salt=b"s")
print("ready", flush=True)
sys.stdin.readline()
new = 0
for batch in range(4):
    # Half of every batch is the writer's own, half is offered by all four.
    numbers = [first + batch * 10 + i for first in (me * 1000, 9000) for i in range(10)]
    frame = pl.DataFrame({"follower_id": [f"x:{n}" for n in numbers]}).with_columns(
        followed_id=pl.lit("x:0"), source=pl.lit(f"w{me}"), fetch_method=pl.lit("import"),
        fetched_at=pl.lit(datetime(2026, 1, 1 + me, tzinfo=UTC)), licence=pl.lit("l"), policy=15)
    done = catalogue.append("follows", frame)
    assert sum(done) == 20
    new += done.new
print(new, flush=True)
"""


def workers(root: str, script: str, n: int) -> list[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(influencr.__file__).parents[1])}
    started = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", script, root, str(i)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for i in range(n)
    ]
    for process in started:
        assert process.stdout.readline() == "ready\n"
    for process in started:
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=120)[0] for process in started]
    assert [process.returncode for process in started] == [0] * n
    return answers


def test_four_processes_lose_nothing_and_double_nothing(catalogue):
    answers = workers(catalogue.root, WORKER, 4)
    expected = {
        f"x:{w * 1000 + b * 10 + i}" for w in (0, 1, 2, 3, 9) for b in range(4) for i in range(10)
    }
    stored = catalogue.scan("follows").collect()["follower_id"]
    latest = catalogue.latest("follows").collect()["follower_id"]
    assert set(stored) == set(latest) == expected
    assert len(latest) == len(expected)
    # A later writer may deliver the earlier state of an edge: that is news of its own, at most once
    # for each writer; what was counted as new is what is stored.
    assert sum(map(int, answers)) == len(stored)


def test_writers_without_a_lock_lose_nothing(catalogue):
    """As on object storage, where only Delta's own conflict detection stands between writers."""
    script = WORKER.replace(
        "root, me =",
        "from influencr.catalogue import _table\n"
        "import contextlib\n_table.Table.held = lambda self: contextlib.nullcontext()\nroot, me =",
    )
    workers(catalogue.root, script, 2)
    expected = {
        f"x:{w * 1000 + b * 10 + i}" for w in (0, 1, 9) for b in range(4) for i in range(10)
    }
    assert set(catalogue.scan("follows").collect()["follower_id"]) == expected
    latest = catalogue.latest("follows").collect()["follower_id"]
    assert len(latest) == len(expected)


def test_a_forked_child_is_told_to_spawn(catalogue, world):
    script = """
import os, sys, warnings
from influencr.catalogue import Catalogue
from influencr.errors import Terminal
catalogue = Catalogue(sys.argv[1], salt=b"s")
catalogue.versions()
warnings.simplefilter("ignore")  # Python itself warns about forking with threads
child = os.fork()
if not child:
    try:
        catalogue.versions()
    except Terminal as error:
        print(error, flush=True)
    os._exit(0)
os.waitpid(child, 0)
"""
    if not hasattr(os, "fork"):
        pytest.skip("this system cannot fork")
    environment = {**os.environ, "PYTHONPATH": str(Path(influencr.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", script, catalogue.root],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=True,
    )
    assert "'spawn'" in done.stdout


def test_importing_the_package_loads_nothing_heavy():
    code = (
        "import sys, influencr.catalogue; "
        "print([m for m in ('polars', 'numpy', 'deltalake', 'xxhash') if m in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(influencr.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    assert done.stdout.strip() == "[]"


def test_every_public_name_is_there():
    import influencr.catalogue as package

    assert [getattr(package, name) for name in package.__all__]
    with pytest.raises(AttributeError, match="no attribute 'Cataloge'"):
        _ = package.Cataloge
