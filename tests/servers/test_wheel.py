"""The package as its users get it: the built wheel in an environment that holds nothing else.

`make test-servers` builds it, builds it again from the archive of the sources, and installs it
beside the hashed packages of constraints/base.txt (tools/servers/package.py). Nothing here may
reach the checkout: commands run in another folder and without PYTHONPATH.
"""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

pytestmark = pytest.mark.server_wheel

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 120
#: Megabytes. Four fifths of it is the compiled gazetteer; growth is a decision, not an accident.
LARGEST_MB = 40


class Package(NamedTuple):
    """Where the built files and the environment are."""

    wheel: Path
    again: Path
    archive: Path
    sources: Path
    programs: Path


@pytest.fixture(scope="session")
def package():
    told = os.environ.get("INFLUENCR_TEST_WHEEL")
    if not told:
        pytest.fail("INFLUENCR_TEST_WHEEL is not set: run these tests with `make test-servers`.")
    places = json.loads(Path(told).read_text(encoding="utf-8"))
    return Package(**{name: Path(places[name]) for name in Package._fields})


@pytest.fixture(scope="session")
def run(package, tmp_path_factory):
    """Runs a program of the environment; its completed process, text captured."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")

    def ran(program, *words, check=True, **more):
        done = subprocess.run(
            [package.programs / program, *map(str, words)],
            cwd=elsewhere,
            env=clean(),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
            **more,
        )
        assert not check or done.returncode == 0, done.stderr
        return done

    return ran


@pytest.fixture(scope="session")
def demo(run, tmp_path_factory):
    """A home with the smallest invented world, made by the installed command."""
    home = tmp_path_factory.mktemp("wheel") / "home"
    run("influencr", "--home", home, "demo", "--preset", "tiny", "--no-serve", "--quiet")
    return home


def clean():
    """This process's environment without what points at the checkout."""
    ours = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE")
    kept = {name: text for name, text in os.environ.items() if name not in ours}
    return kept | {"COLUMNS": "100"}


def test_the_archive_of_the_sources_makes_the_same_wheel(package):
    assert package.again.read_bytes() == package.wheel.read_bytes()


def test_the_wheel_holds_the_package_and_nothing_of_this_machine(package):
    with zipfile.ZipFile(package.wheel) as wheel:
        names = wheel.namelist()
        tops = {name.split("/")[0] for name in names}
        assert {top for top in tops if not top.endswith(".dist-info")} == {"influencr"}
        assert not [n for n in names if "/tests/" in n or n.endswith((".pyc", ".map", ".ts"))]
        texts = [n for n in names if n.endswith((".py", ".json", ".html", ".css", ".js", ".txt"))]
        assert not [n for n in texts if str(ROOT).encode() in wheel.read(n)]
        for built in ("geography/gazetteer/data/keys.bin", "service/web/static/dist/manifest.json"):
            assert f"influencr/{built}" in names
        assert "influencr/py.typed" in names
        metadata = next(n for n in names if n.endswith(".dist-info/METADATA"))
        licences = [n for n in names if ".dist-info/licenses/" in n]
        assert {Path(n).name for n in licences} >= {"LICENSE", "NOTICE"}
        assert "License-Expression: Apache-2.0" in wheel.read(metadata).decode()
    megabytes = package.wheel.stat().st_size / 1e6
    assert megabytes <= LARGEST_MB, f"the wheel has {megabytes:.1f} MB"


def test_every_dependency_is_declared_and_pinned(package, run):
    assert "No broken requirements" in run("python", "-m", "pip", "check").stdout
    listed = json.loads(run("python", "-m", "pip", "list", "--format", "json").stdout)
    have = {re.sub(r"[-_.]+", "-", one["name"]).lower(): one["version"] for one in listed}
    pinned = (ROOT / "constraints" / "base.txt").read_text(encoding="ascii")
    pins = dict(re.findall(r"^([a-z0-9._-]+)==([^ \n;]+)", pinned, re.MULTILINE))
    assert set(have) - set(pins) == {"influencr", "pip"}
    assert {name: version for name, version in have.items() if name in pins} == {
        name: pins[name] for name in have if name in pins
    }


def test_every_module_of_the_package_can_be_imported(package, run):
    """What a module needs is in the wheel or declared; the tests of a checkout would not notice."""
    script = (
        "import importlib, pkgutil, sys, influencr\n"
        "from influencr.home import Home\n"
        "import os, tempfile; os.environ['INFLUENCR_HOME'] = tempfile.mkdtemp()\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'influencr.service.settings'\n"
        "import django; django.setup()\n"
        "print(influencr.__file__)\n"
        # A program that another environment runs, and the command line itself, end the process.
        "left = {'influencr.__main__', 'influencr.geography.evaluation._carmen_worker'}\n"
        "for found in pkgutil.walk_packages(influencr.__path__, 'influencr.'):\n"
        "    if found.name not in left and not found.name.endswith('.__main__')"
        " and '.testing' not in found.name and '.gazetteer._' not in found.name:\n"
        "        importlib.import_module(found.name)\n"
    )
    where = Path(run("python", "-c", script).stdout.strip())
    assert where.is_relative_to(package.programs.parent)


def test_help_and_version_answer(run):
    shown = run("influencr", "--help").stdout
    for command in ("demo", "search", "serve", "mcp", "bench"):
        assert re.search(rf"^  {command} ", shown, re.MULTILINE), command
    (archive_version,) = re.findall(r'^version = "(.+)"', _pyproject(), re.MULTILINE)
    assert run("influencr", "--version").stdout.strip() == f"influencr {archive_version}"


def test_the_demo_is_searchable(run, demo):
    found = json.loads(run("influencr", "--home", demo, "search", "coffee", "--json").stdout)
    assert found["total"] > 0
    handle = found["hits"][0]["handle"]
    assert run("influencr", "--home", demo, "show", handle, "--json").stdout
    near = run(
        "influencr", "--home", demo, "search", "--near", "Berlin", "--within", "500", "--json"
    )
    assert json.loads(near.stdout)["total"] >= 0
    wrong = run("influencr", "--home", demo, "search", "x", "--country", "Atlantis", check=False)
    assert wrong.returncode == 2
    assert "Atlantis" in wrong.stderr


def test_python_answers_as_the_command_does(run, demo):
    script = (
        "import sys, json, influencr\n"
        "with influencr.open(sys.argv[1]) as engine:\n"
        "    found = engine.search('coffee')\n"
        "    handles = [hit.creator['handle'] for hit in found.hits]\n"
        "print(json.dumps([found.total, handles]))\n"
    )
    total, handles = json.loads(run("python", "-c", script, demo).stdout)
    asked = run("influencr", "--home", demo, "search", "coffee", "--json").stdout
    document = json.loads(asked)
    assert (total, handles) == (document["total"], [hit["handle"] for hit in document["hits"]])


def test_the_page_is_served_with_its_style(package, demo, tmp_path):
    log = (tmp_path / "serve.log").open("w+")
    words = (package.programs / "influencr", "--home", demo, "serve", "--port", "0")
    server = subprocess.Popen(words, cwd=tmp_path, env=clean(), stdout=log, stderr=log)
    try:
        address = awaited(server, tmp_path / "serve.log")
        page = fetched(f"{address}/search?text=coffee")
        assert "coffee" in page
        (style,) = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)[:1]
        assert len(fetched(f"{address}{style}")) > 1_000
        scripts = re.findall(r'<script[^>]+src="([^"]+)"', page)
        assert scripts
        for script in scripts:
            assert fetched(f"{address}{script}")
    finally:
        server.terminate()
        server.wait(PATIENCE_S)
        log.close()


def test_programs_are_answered_over_http(package, demo, tmp_path):
    """The same home through the served interface, with its description, and by the client."""
    log = (tmp_path / "serve.log").open("w+")
    words = (package.programs / "influencr", "--home", demo, "serve", "--port", "0")
    server = subprocess.Popen(words, cwd=tmp_path, env=clean(), stdout=log, stderr=log)
    try:
        address = awaited(server, tmp_path / "serve.log")
        description = json.loads(fetched(f"{address}/api/openapi.json"))
        assert description["openapi"].startswith("3.1")
        found = json.loads(fetched(f"{address}/api/v1/search?text=coffee"))
        assert found["total"] > 0
        script = (
            "import sys, json, influencr\n"
            "with influencr.connect(sys.argv[1]) as far, influencr.open(sys.argv[2]) as near:\n"
            "    told = [client.search('coffee') for client in (far, near)]\n"
            "ids = [[hit.profile_id for hit in one.hits] for one in told]\n"
            "print(json.dumps([told[0].total == told[1].total, ids[0] == ids[1], ids[0]]))\n"
        )
        done = subprocess.run(
            [package.programs / "python", "-c", script, address, demo],
            cwd=tmp_path,
            env=clean(),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
        assert done.returncode == 0, done.stderr
        same_total, same_ids, ids = json.loads(done.stdout)
        assert ids
        assert (same_total, same_ids) == (True, True)
    finally:
        server.terminate()
        server.wait(PATIENCE_S)
        log.close()


def test_an_agent_is_answered_by_the_official_client(package, run, demo):
    """`influencr mcp` over its pipes, asked by the client of the protocol's own package."""
    script = (
        "import asyncio, json, sys\n"
        "from mcp import ClientSession, StdioServerParameters, stdio_client\n"
        "async def main(program, home):\n"
        "    server = StdioServerParameters(command=program, args=['--home', home, 'mcp'])\n"
        "    async with stdio_client(server) as streams, ClientSession(*streams) as session:\n"
        "        await session.initialize()\n"
        "        names = [tool.name for tool in (await session.list_tools()).tools]\n"
        "        told = await session.call_tool('count', {'text': 'coffee'})\n"
        "        print(json.dumps([names, told.is_error, told.structured_content]))\n"
        "asyncio.run(main(*sys.argv[1:]))\n"
    )
    names, failed, counted = json.loads(
        run("python", "-c", script, package.programs / "influencr", demo).stdout
    )
    assert {"search", "count", "creator", "verify"} <= set(names)
    assert not failed
    asked = json.loads(run("influencr", "--home", demo, "search", "coffee", "--json").stdout)
    assert str(asked["total"]) in json.dumps(counted)


def awaited(server, log):
    """The address that a server told once it listens."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if told := re.search(r"http://[\d.]+:\d+", log.read_text()):
            return told[0]
        assert server.poll() is None, log.read_text()
        time.sleep(0.1)
    pytest.fail(f"no address within {PATIENCE_S} s: {log.read_text()}")


def fetched(address):
    with urllib.request.urlopen(address, timeout=PATIENCE_S) as answer:
        assert answer.status == 200
        return answer.read().decode("utf-8")


def test_what_only_a_checkout_has_is_said_in_a_sentence(run):
    done = run("influencr", "bench", "vetting", check=False)
    assert done.returncode == 2
    assert "in a checkout of the project" in done.stderr
    measured = run("influencr", "bench", "all", "--size", "150", "--json", "--quiet").stdout
    names = [one["name"] for one in json.loads(measured)["benchmarks"]]
    assert names == ["import", "index", "answer"]
    refused = run("influencr", "bench", "all", "--quick", check=False)
    assert refused.returncode == 2
    assert "in a checkout of the project" in refused.stderr


def test_the_archive_holds_what_a_checkout_needs(package):
    for name in ("Makefile", "pyproject.toml", "tools/environment", "constraints/dev.txt"):
        assert (package.sources / name).is_file()
    for folder in ("src/influencr", "tests", "docs", "benchmarks", "assets"):
        assert (package.sources / folder).is_dir()
    assert not list(package.sources.rglob("node_modules"))
    assert not list(package.sources.rglob("__pycache__"))
    assert os.access(package.sources / "tools" / "environment", os.X_OK)


def _pyproject():
    return (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_this_suite_runs_beside_the_environment_that_it_looks_at(package):
    """Otherwise everything above would pass against the checkout."""
    assert Path(sys.prefix).resolve() != package.programs.parent.resolve()
