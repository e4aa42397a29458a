"""From words to an exit code: what a script can rely on when something is wrong."""

import os
import signal
import subprocess
import sys

import pytest

from influencr.cli import main
from influencr.engine import Engine
from influencr.errors import InfluencrError


def test_no_words_show_the_help(run):
    done = run()
    assert done.code == 0
    assert "search" in done.out


def test_version(run):
    from influencr import __version__

    assert run("--version").out == f"influencr {__version__}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["serch"], "No such command 'serch'"),
        (["search", "gym", "--cuntry", "FR"], "--country"),
        (["show"], "Missing argument"),
        (["search", "gym", "--limit", "many"], "--limit"),
        (["search", "gym", "--country", "Frnace"], "did you mean 'France'?"),
        (["search", "gym", "--sort", "folowers"], "did you mean 'followers'?"),
        (["search", "gym", "--json", "--jsonl"], "exclude each other"),
        (["search", "gym", "--followers", "1k-2k", "--followers-min", "3"], "the same thing"),
        (["search", "gym", "--within", "5km"], "near"),
        (["search", "gym", "--engagement-min", "lots"], "engagement_min"),
        (["search", "gym", "--near", "Atlantis Nowhere"], "Atlantis Nowhere"),
        (["demo", "--preset", "huge"], "valid: demo, test, tiny"),
        (
            ["bench", "speed"],
            "valid: all, answer, import, index, influence, planning, relevance, search, service",
        ),
        (["bench", "import", "--size", "3"], "too few"),
        (["forget", "tiktok:somebody", "--reason", "whim"], "opt_out"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_meant_is_one_sentence_and_exit_2(ask, words, said):
    done = ask(*words)
    assert done.code == 2
    assert said in done.err
    assert done.err.count("\n") == 1
    assert not done.out


def test_a_home_without_data_is_one_sentence_and_exit_1(run, home_folder):
    done = run("search", "gym")
    assert done.code == 1
    assert "influencr import FILE" in done.err
    assert done.err.count("\n") == 1
    assert not home_folder.exists()


def test_debug_shows_where_an_error_came_from(run, home_folder, monkeypatch):
    monkeypatch.setenv("INFLUENCR_DEBUG", "1")
    with pytest.raises(InfluencrError):
        main(["search", "gym"])


def test_ctrl_c_says_that_nothing_was_lost(run, home_folder, profiles, monkeypatch):
    def stop(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(Engine, "import_files", stop)
    done = run("import", profiles)
    assert done.code == 130
    assert "counts nothing twice" in done.err


def test_ctrl_c_in_a_question_just_stops(ask, monkeypatch):
    def stop(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(Engine, "query", stop)
    done = ask("search", "gym")
    assert (done.code, done.err) == (130, "Stopped.\n")


def test_a_reader_that_leaves_is_no_error(world, start):
    process = start("--home", world, "search", "--all", "--jsonl", "--limit", "1000")
    process.stdout.readline()
    process.stdout.close()
    error = process.stderr.read()
    assert process.wait() == 128 + signal.SIGPIPE
    assert "Traceback" not in error
    assert "BrokenPipe" not in error
    process.stderr.close()


def test_words_that_the_terminal_cannot_show_are_escaped(world):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "COLUMNS": "80"}
    environment["PYTHONPATH"] = os.pathsep.join(p for p in sys.path if p)
    done = subprocess.run(
        [sys.executable, "-m", "influencr", "--home", str(world), "search", "--all"],
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
