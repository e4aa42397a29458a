"""bench: small sizes, so that what is tested is the figures' meaning and not the machine."""

import os
import signal
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("import", "rows_per_second"),
        ("index", "creators_per_second"),
        ("answer", "median_ms"),
    ],
)
def test_a_measurement_says_over_what_and_where(run, name, figure):
    done = run("bench", name, "--size", "150", "--json", "--quiet")
    assert (done.code, done.err) == (0, "")
    document = done.document
    assert document["machine"]["cores"] >= 1
    assert document["measured_on"]
    (found,) = document["benchmarks"]
    assert found["name"] == name
    assert found["figures"][figure] > 0
    assert 150 in found["parameters"].values()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["relevance"], "--datasets FOLDER is needed"),
        (["relevance", "--datasets", "no/such/folder"], "is not a folder"),
        (["relevance", "--datasets", ".", "--size", "500"], "a corpus of its own"),
        (["search", "--datasets", "."], "belongs to bench relevance, vetting, influence and all"),
        (["search", "--set", "unseen"], "belongs to bench relevance"),
        (["relevance", "--only", "b1"], "belongs to bench vetting"),
        (["search", "--quick"], "belongs to bench vetting"),
        (["vetting", "--size", "9"], "--scale N"),
        (["influence", "--size", "9"], "--scale N"),
        (["influence", "--only", "b1"], "worlds"),
        (["vetting", "--datasets", "nowhere"], "not a folder"),
        (["relevance", "--datasets", ".", "--set", "seen"], "did you mean 'unseen'"),
        (
            ["index", "--output", "."],
            "belongs to bench relevance, search, service, vetting, influence, planning and all",
        ),
        (["index", "--creators", "5000"], "belongs to bench search"),
        (["index", "--freshness"], "belongs to bench search"),
        (["search", "--size", "5000"], "--creators"),
        (["search", "--engines", "mysql"], "'mysql' is not known"),
        (["search", "--creators", "5"], "at least 1000"),
        (["search", "--freshness", "--engines", "sqlite"], "is not ours"),
        (["index", "--large"], "belongs to bench all"),
        (["vetting", "--again"], "belongs to bench all"),
        (["all", "--size", "500"], "bench all takes --quick"),
        (["all", "--scale", "500"], "belongs to bench vetting"),
        (["all", "--only", "relevanse"], "did you mean 'relevance'"),
        (["all", "--only", "startup", "--datasets", "nowhere"], "not a folder"),
        (["relevence"], "relevance"),
    ],
)
def test_what_relevance_needs_is_said_in_a_sentence(run, words, told):
    done = run("bench", *words)
    assert done.code == 2
    assert told in done.err


def test_data_sets_that_are_not_there_are_named(run, tmp_path):
    done = run("bench", "relevance", "--datasets", tmp_path, "--quiet")
    assert done.code == 2
    assert "tiktok, bluesky-4k" in done.err
    assert done.out == ""


def test_ctrl_c_lets_a_measurement_clean_up(tmp_path):
    """Otherwise what it started would measure on with nobody waiting for it."""
    (tmp_path / "slow.py").write_text(
        "import pathlib, sys\n"
        "try:\n"
        "    print('begun', file=sys.stderr, flush=True)\n"
        "    while True: sys.stdin.read()\n"
        "except KeyboardInterrupt:\n"
        "    import time; time.sleep(0.5)  # longer than subprocess.run waits before it kills\n"
        "    pathlib.Path('cleaned').touch()\n"
    )
    script = (
        "import pathlib, sys\n"
        "from influencr.cli import _checkout\n"
        "_checkout._CHECKOUT = pathlib.Path(sys.argv[1])\n"
        "try:\n"
        "    _checkout.run_benchmark('slow', [], wanted='bench slow')\n"
        "except KeyboardInterrupt:\n"
        "    sys.exit(130)\n"
    )
    caller = subprocess.Popen(
        [sys.executable, "-c", script, tmp_path],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        start_new_session=True,
    )
    assert caller.stderr.readline() == b"begun\n"
    os.killpg(caller.pid, signal.SIGINT)
    caller.communicate()
    assert caller.returncode == 130
    assert (tmp_path / "cleaned").exists()
