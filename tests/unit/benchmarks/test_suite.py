"""bench all: what is run, what is told, and that nothing of an earlier run is ever lost."""

import io
import json
import subprocess
import sys

import pytest
from benchmarks.__main__ import SHORT, words
from benchmarks.suite import history, run
from benchmarks.suite.__main__ import OUTPUT, main, record_all
from benchmarks.suite.figures import MOST_WITHOUT_GOAL, judged, judged_run, kept, listed
from benchmarks.suite.jobs import JOBS, Job, Place, chosen, document_of, stamp
from benchmarks.suite.page import page
from benchmarks.suite.progress import Progress
from benchmarks.suite.run import run_all
from benchmarks.vetting.goals import figure

from influencr.errors import Terminal, UnknownValue

MACHINE = {
    "processor": "EPYC",
    "cores": 2,
    "python": "3.13.0",
    "system": "Linux x86_64",
    "load_before": 0.5,
}


def record(*figures, at="2026-01-01 10:00 UTC", **more):
    return {
        "state": "measured",
        "seconds": 12.0,
        "version": "0.1.0",
        "measured_at": at,
        "machine": MACHINE,
        "left_out": {},
        "figures": list(figures),
        **more,
    }


def line(run_="2026-01-01 10:00:00 UTC", quick=False, **benchmarks):
    return {
        "run": run_,
        "version": "0.1.0",
        "commit": "abc1234",
        "quick": quick,
        "how": "bench all",
        "benchmarks": {name.replace("_", "-"): told for name, told in benchmarks.items()},
    }


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path / "output", None, tmp_path / "builds")


@pytest.fixture
def job(tmp_path):
    """A benchmark whose process writes the figure it is given and counts how often it ran."""

    def made(name, code, **more):
        script = tmp_path / f"{name}.py"
        script.write_text(
            "import json, pathlib, sys\n"
            f"count = pathlib.Path({str(tmp_path / name)!r})\n"
            "count.write_text(str(int(count.read_text()) + 1) if count.exists() else '1')\n"
            f"out = pathlib.Path(sys.argv[1]); name = {name!r}\n"
            f"dated = {{'version': '0.1.0', 'measured_at': 'now', 'machine': {MACHINE!r}}}\n"
            "def write(*figures):\n"
            "    told = dated | {'figures': list(figures)}\n"
            "    (out / f'{name}.json').write_text(json.dumps(told))\n" + code
        )
        return Job(
            name,
            f"what {name} measures",
            lambda at: [[str(script), str(at.output)]],
            f"{name}.json",
            lambda document, _: listed(document),
            (60.0, 6.0),
            **more,
        )

    made.runs = lambda name: int((tmp_path / name).read_text())
    return made


GOOD = f"write({figure('words', 9.0, goal=5.0)!r})\n"


def test_every_end_of_a_benchmark_is_told(job, place):
    jobs = [
        job("good", GOOD),
        job("missed", GOOD + "sys.exit(3)\n"),
        job("refused", "print(json.dumps({'error': 'no such data'})); sys.exit(2)\n"),
        job("broken", "sys.exit('it broke: why')\n"),
        job("silent", "\n"),
        job("other", GOOD)._replace(read=lambda document, _: document["no such"]),
        job("needy", GOOD, needs=lambda _: "needs a server"),
    ]
    told = run_all(jobs, [job("huge", GOOD, large=True)], place, quiet=True)
    states = {name: one["state"] for name, one in told["benchmarks"].items()}
    assert states == {
        "good": "measured",
        "missed": "measured",
        "refused": "not run",
        "broken": "failed",
        "silent": "failed",
        "other": "failed",
        "needy": "not run",
        "huge": "not run",
    }
    why = {name: one.get("why") for name, one in told["benchmarks"].items()}
    assert why["refused"] == "no such data"
    assert why["broken"] == "ended with code 1: it broke: why"
    assert why["silent"] == "it wrote no silent.json"
    assert why["other"] == "other.json holds none of its figures (KeyError: 'no such')"
    assert why["needy"] == "needs a server"
    assert "--large" in why["huge"]
    assert history.lines_of(place.output) == [told]
    assert "it broke: why" in (place.builds / "bench-logs" / "broken.log").read_text()


def test_a_stopped_run_goes_on_where_it_was(job, place, monkeypatch):
    jobs = [job("first", GOOD), job("second", GOOD)]
    real = run._process

    def stopped(name, *rest):
        if name == "second":
            raise KeyboardInterrupt
        return real(name, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(run, "_process", stopped)
        with pytest.raises(KeyboardInterrupt):
            run_all(jobs, [], place, quiet=True)
    assert history.lines_of(place.output) == []
    told = run_all(jobs, [], place, quiet=True)
    assert [job.runs(name) for name in ("first", "second")] == [1, 1]
    assert list(told["benchmarks"]) == ["first", "second"]
    # That run has ended: the next one is another, and measures everything.
    run_all(jobs, [], place, quiet=True)
    assert job.runs("first") == 2
    assert len(history.lines_of(place.output)) == 2


def test_again_measures_what_a_stopped_run_had(job, place, monkeypatch):
    jobs = [job("first", GOOD), job("second", GOOD)]
    with monkeypatch.context() as patched:
        patched.setattr(run, "history", Broken())
        with pytest.raises(RuntimeError):
            run_all(jobs, [], place, quiet=True)
    run_all(jobs, [], place, again=True, quiet=True)
    assert job.runs("first") == 2


class Broken:
    """A history whose disk is full when the line is to be added."""

    def __getattr__(self, name):
        return getattr(history, name)

    def append(self, folder, told):
        raise RuntimeError("disk full")


def test_killed_after_its_line_was_written_a_run_is_not_told_twice(job, place, monkeypatch):
    jobs = [job("first", GOOD)]
    with monkeypatch.context() as patched:
        patched.setattr(run, "write_page", lambda _: (_ for _ in ()).throw(RuntimeError))
        with pytest.raises(RuntimeError):
            run_all(jobs, [], place, quiet=True)
    (before,) = history.lines_of(place.output)
    told = run_all(jobs, [], place, quiet=True)
    assert job.runs("first") == 2
    assert history.lines_of(place.output) == [before, told]


def test_quick_figures_never_stand_where_whole_ones_do(job, place):
    whole = run_all([job("good", GOOD)], [], place, quiet=True)
    written = (place.output / "good.json").read_text()
    quick = place._replace(quick=True)
    few = GOOD.replace("9.0", "1.0")
    run_all([job("good", few), job("slow", GOOD, quick=False)], [], quick, quiet=True)
    assert (place.output / "good.json").read_text() == written
    lines = history.lines_of(place.output)
    assert lines[0] == whole
    assert lines[1]["benchmarks"]["slow"]["why"] == "has no quick form"
    assert history.newest(lines, "good")["figures"][0]["value"] == 9.0
    assert history.newest(lines, "good", quick=True)["figures"][0]["value"] == 1.0


def test_two_runs_at_once_are_refused(place):
    place.builds.mkdir()
    with run._alone(place.builds / "bench.lock"), pytest.raises(Terminal, match="another run"):
        run_all([], [], place, quiet=True)


def test_a_step_that_lives_on_keeps_other_runs_away(place, tmp_path):
    """The process of the run was killed; the benchmark that it started was not."""
    place.builds.mkdir()
    file = place.builds / "bench.lock"
    with run._alone(file) as lock:
        words = [sys.executable, "-c", "input()"]
        step = subprocess.Popen(words, stdin=subprocess.PIPE, pass_fds=(lock,))
    try:
        with pytest.raises(Terminal, match="another run"), run._alone(file):
            pass
    finally:
        step.communicate(b"\n")
    with run._alone(file):
        pass


def test_what_stands_in_the_history_is_never_changed(tmp_path):
    history.append(tmp_path, line(a=record(figure("x", 1.0))))
    file = tmp_path / history.FILE
    before = file.read_bytes()
    with file.open("ab") as out:
        out.write(b'{"run": "cut off by a ki')
    assert len(history.lines_of(tmp_path)) == 1
    history.append(tmp_path, line("later"))
    assert file.read_bytes().startswith(before)
    assert [one["run"] for one in history.lines_of(tmp_path)] == [
        "2026-01-01 10:00:00 UTC",
        "later",
    ]
    file.write_bytes(b"{}\nnonsense\n{}\n")
    with pytest.raises(Terminal, match="line 2"):
        history.lines_of(tmp_path)


def test_parts_come_from_the_last_run_that_measured_them():
    old = record(figure("b1: auc", 0.9), figure("b2: f1", 0.5), at="2026-01-01", parts=["b1", "b2"])
    new = record(figure("b1: auc", 0.95), at="2026-02-01", parts=["b1"], left_out={"b2": "no data"})
    found = history.newest([line(vetting=old), line("later", vetting=new)], "vetting")
    values = {one["name"]: one["value"] for one in found["figures"]}
    assert values == {"b1: auc": 0.95, "b2: f1": 0.5}
    assert found["before"] == {"b2": "2026-01-01"}
    assert found["left_out"] == {}


def test_the_page_tells_what_is_missed_and_what_was_found_before():
    goal = {"goal": 0.15}
    old = record(figure("lead", 0.2, **goal), at="2026-01-01 10:00 UTC")
    new = record(figure("lead", 0.1, 0.05, 0.15, **goal), at="2026-02-01 10:00 UTC")
    failed = {"state": "failed", "why": "ended with code 1: a | b"}
    lines = [line(relevance=old), line("2026-02-01 10:00:00 UTC", relevance=new, planning=failed)]
    told = page(lines)
    assert "**0 of 1 goals are reached**, 1 are not." in told
    assert "| [relevance](#relevance) | lead | 0.1 | >= 0.15 |" in told
    assert "| lead | 0.1 | 0.05 to 0.15 | >= 0.15 | **no** | 0.2 (2026-01-01) |" in told
    assert "**failed: ended with code 1: a \\| b**" in told
    assert "**not run: no run of it in the history**" in told
    assert "| 2026-02-01 10:00:00 UTC | 0.1.0 | abc1234 | relevance | 0 | 1 | planning |" in told


def test_a_page_of_quick_runs_says_so():
    told = page([line(quick=True, **{"import": record(figure("rows", 5.0))})])
    assert "**Quick runs only**" in told
    assert "| rows | 5 |" in told


def test_time_left_follows_the_pace():
    out, now = io.StringIO(), [0.0]
    progress = Progress({"a": 10.0, "b": 30.0, "c": 60.0}, out=out, clock=lambda: now[0])
    assert progress.left() == 100.0
    progress.end("a", "done", 20.0)
    assert progress.left() == 180.0
    assert progress.left("b", 15.0) == 45.0 + 120.0
    # Past what was expected of it.
    assert progress.left("b", 100.0) == 50.0 + 120.0
    progress.end("b", "not run: no data")
    progress.begin("c")
    assert progress.left() == 120.0
    assert "[3/3] c: about 1 min 0 s; all of it about 2 min 0 s" in out.getvalue()


def test_a_line_keeps_every_goal_and_the_first_of_the_others():
    told = [figure(f"plain {n}", 1.0) for n in range(40)]
    told.insert(30, figure("aim", 1.0, goal=0.5))
    names = [one["name"] for one in kept(told)]
    assert "aim" in names
    assert len(names) == MOST_WITHOUT_GOAL + 1


def test_names_are_checked_and_large_ones_need_a_word():
    jobs, passed = chosen(None, large=False)
    assert {job.name for job in jobs} | {job.name for job in passed} == {job.name for job in JOBS}
    assert all(job.large for job in passed)
    assert chosen("vetting_scale", large=False)[0][0].name == "vetting-scale"
    with pytest.raises(UnknownValue, match="did you mean 'relevance'"):
        chosen("relevanse", large=False)


def test_make_bench_measures_what_takes_minutes():
    assert words([]) == ["--only", ",".join(SHORT)]
    assert words(["all"]) == []
    chosen(",".join(SHORT), large=False)


@pytest.mark.parametrize("job_", JOBS, ids=lambda job: job.name)
def test_every_benchmark_has_commands_quick_and_whole(job_, tmp_path):
    for quick in (False, True):
        place = Place(tmp_path, tmp_path, tmp_path, quick)
        for step in job_.steps(place):
            assert all(isinstance(word, str) for word in step)
            assert any(str(tmp_path) in word for word in step)


@pytest.mark.parametrize("job_", [job for job in JOBS if job.needs(Place(OUTPUT, None, OUTPUT))])
def test_without_data_sets_a_benchmark_is_told_as_not_run(job_, tmp_path):
    assert "data set" in job_.needs(Place(tmp_path, None, tmp_path))
    assert "not there" in job_.needs(Place(tmp_path, tmp_path, tmp_path))


@pytest.mark.parametrize("job_", JOBS, ids=lambda job: job.name)
def test_the_documents_of_the_project_are_read(job_):
    document = document_of(job_, OUTPUT)
    if document is None:
        pytest.skip(f"no {job_.document} was written yet")
    told = stamp(job_, document, quick=False)
    assert told["measured_at"].startswith("20")
    figures = job_.read(document, False)
    assert figures
    for one in figures:
        assert {"name", "value", "low", "high", "goal", "reached"} <= set(one)


def test_the_large_world_is_a_benchmark_of_its_own():
    part = {"title": "", "figures": [figure("auc", 0.9, goal=0.8)]}
    whole = {"quick": False, "benchmarks": [{"id": "b1", **part}, {"id": "b14", **part}]}
    gone = {"id": "b1", "missing": "no data", "figures": []}
    tried = {"quick": True, "benchmarks": [{"id": "b1", **part}, gone]}
    document = {"runs": [whole, tried]}
    assert judged_run(document, scale=True)["benchmarks"][0]["id"] == "b14"
    (one,) = judged(judged_run(document, scale=False, quick=False))
    assert one["name"] == "b1: auc"
    with pytest.raises(KeyError):
        judged_run(document, scale=True, quick=True)


def test_figures_written_by_themselves_are_recorded_once(tmp_path, capsys):
    (tmp_path / "startup.json").write_text(
        json.dumps(
            {
                "version": "0.1.0",
                "measured_at": "2026-01-01 10:00 UTC",
                "machine": MACHINE,
                "figures": [figure("seconds", 0.2, goal=0.3, more_is_better=False)],
            }
        )
    )
    assert list(record_all(tmp_path)["benchmarks"]) == ["startup"]
    assert record_all(tmp_path)["benchmarks"] == {}
    assert len(history.lines_of(tmp_path)) == 1
    assert main(["--record", "--output", str(tmp_path)]) == 0
    assert json.loads(capsys.readouterr().out)["benchmarks"] == {}
    assert "**1 of 1 goals are reached**" in (tmp_path / "README.md").read_text()


def test_the_page_of_the_project_is_that_of_its_history():
    lines = history.lines_of(OUTPUT)
    assert lines
    written = (OUTPUT / "README.md").read_text(encoding="utf-8")
    assert written == page(lines), "run `influencr bench all --record`"
    assert not history.unrecorded(OUTPUT, lines), "run `influencr bench all --record`"
