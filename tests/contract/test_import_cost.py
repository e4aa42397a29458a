"""What a start costs: `influencr --help` and `import influencr` load nothing heavy."""

import json
import os
import subprocess
import sys

import pytest

HEAVY = {
    *("numpy", "polars", "deltalake", "tantivy", "duckdb", "narwhals", "py3langid"),
    *("charset_normalizer", "zstandard", "django", "waitress", "whitenoise", "rich", "asyncio"),
    *("httpx2", "httpcore2", "websockets", "libipld", "ssl"),
    *("mcp", "uvicorn", "ninja", "stripe", "anyio", "scipy", "sklearn", "pandas", "cryptography"),
    *("pyroaring", "datasketches", "structlog", "prometheus_client", "dns"),
}


def loaded(code: str, *arguments: str) -> set[str]:
    """Top-level modules loaded after `code` ran in a fresh interpreter with those arguments."""
    script = f"import sys, json\n{code}\nprint('\\n@' + json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )
    modules = json.loads(done.stdout.rpartition("\n@")[2])
    return {name.partition(".")[0] for name in modules}


HELPS = [
    ["--help"],
    ["--version"],
    ["import", "--help"],
    ["collect", "--help"],
    ["search", "--help"],
    ["similar", "--help"],
    ["why", "--help"],
    ["show", "--help"],
    ["vet", "--help"],
    ["export", "--help"],
    ["demo", "--help"],
    ["manage", "--help"],
    ["serve", "--help"],
    ["listen", "--help"],
    ["status", "--help"],
    ["refresh", "--help"],
    ["doctor", "--help"],
    ["forget", "--help"],
    ["backup", "--help"],
    ["restore", "--help"],
    ["plan", "--help"],
    ["mcp", "--help"],
    ["verify", "--help"],
    ["lists", "--help"],
    *(["lists", name, "--help"] for name in ("make", "list", "add", "mark", "remove")),
    *(["lists", name, "--help"] for name in ("show", "export")),
    ["brand", "--help"],
    ["brand", "save", "--help"],
    ["brand", "list", "--help"],
    ["brand", "show", "--help"],
    ["brand", "remove", "--help"],
    ["saved", "--help"],
    ["saved", "add", "--help"],
    ["saved", "list", "--help"],
    ["saved", "run", "--help"],
    ["saved", "remove", "--help"],
    ["places", "--help"],
    ["places", "resolve", "--help"],
    ["places", "search", "--help"],
    ["places", "suggest", "--help"],
    ["places", "build", "--help"],
    ["places", "eval", "--help"],
    ["followers", "--help"],
    ["followers", "score", "--help"],
    ["followers", "fit", "--help"],
    ["followers", "evaluate", "--help"],
    ["sources", "--help"],
    ["sources", "status", "--help"],
    ["sources", "due", "--help"],
    ["bench", "--help"],
]


@pytest.mark.parametrize("words", HELPS, ids=" ".join)
def test_help_loads_nothing_heavy(words):
    code = "from influencr.cli import main\nassert main(sys.argv[1:]) == 0"
    assert loaded(code, *words).isdisjoint(HEAVY)


def test_the_first_help_loads_not_even_what_reads_options():
    """Typer reads the words after a command with pydantic; nothing is read for this."""
    code = "from influencr.cli import main\nassert main(sys.argv[1:]) == 0"
    assert "pydantic" not in loaded(code, "--help")


def test_the_list_above_names_every_command():
    import typer.main

    from influencr.cli._app import app

    def paths(command, path=()):
        for name, child in getattr(command, "commands", {}).items():
            yield [*path, name]
            yield from paths(child, (*path, name))

    commands = {" ".join(path) for path in paths(typer.main.get_command(app))}
    listed = {" ".join(words[:-1]) for words in HELPS} - {""}
    assert commands == listed


@pytest.mark.parametrize(
    "module",
    [
        "influencr",
        "influencr.answers",
        "influencr.errors",
        "influencr.home",
        "influencr.records",
        "influencr.remote",
        "influencr.search",
        "influencr.engine",
        "influencr.pipeline",
        "influencr.catalogue",
        "influencr.index",
        "influencr.geography",
        "influencr.topics",
        "influencr.vetting",
        "influencr.influence",
        "influencr.sources",
        "influencr.sources.files",
        "influencr.sources.http",
        "influencr.sources.synthetic",
    ],
)
def test_import_loads_nothing_heavy(module):
    assert loaded(f"import {module}").isdisjoint(HEAVY)
