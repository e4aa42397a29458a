"""demo and serve, up to a page that answers."""

import re
import signal
import socket
import urllib.request

import pytest


def address_of(process):
    for line in process.stdout:
        if found := re.search(r"http://[\w.:\[\]]+/", line):
            return found[0]
    raise AssertionError(process.stderr.read())


@pytest.mark.allow_hosts(["127.0.0.1", "localhost", "::1"])
def test_the_page_answers_until_it_is_stopped(world, start):
    process = start("--home", world, "serve", "--port", "0")
    try:
        address = address_of(process)
        with urllib.request.urlopen(address, timeout=30) as answer:
            page = answer.read().decode("utf-8")
        assert answer.status == 200
        assert "<form" in page
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        process.stdout.close()
        error = process.stderr.read()
        process.stderr.close()
    assert process.returncode == 0, error


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_the_next_free_port_is_taken():
    from influencr.cli.serving import _free_port

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port < _free_port("127.0.0.1", port) < port + 20


def test_a_world_that_is_there_is_not_made_again(ask):
    done = ask("demo", "--preset", "tiny", "--no-serve")
    assert done.code == 0
    assert "Inventing" not in done.err
    assert "invented creators are searchable" in done.err


def test_another_world_needs_another_home(ask):
    done = ask("demo", "--preset", "test", "--no-serve")
    assert done.code == 2
    assert "another --home" in done.err


def test_real_data_are_never_covered_by_a_demo(run, home_folder, profiles):
    run("import", profiles, "--no-index")
    done = run("demo", "--preset", "tiny", "--no-serve")
    assert done.code == 2
    assert "another --home" in done.err
