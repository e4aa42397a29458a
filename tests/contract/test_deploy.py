"""The files of deploy/ say what is true of this checkout: paths, commands, options, settings."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from influencr.cli._app import app
from influencr.service._environment import VARIABLES

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
SETTINGS = {variable.name for variable in VARIABLES}


def instructions(file: Path) -> list[tuple[str, str]]:
    """(word, the rest) of a container file, lines that go on joined."""
    text = re.sub(r"^#.*\n", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n", " ", text).splitlines()
    return [tuple(line.split(None, 1)) for line in lines if line.strip()]  # type: ignore[misc]


CONTAINER = instructions(DEPLOY / "Containerfile")


def told(word: str) -> list[str]:
    return [rest for name, rest in CONTAINER if name == word]


def check_command(words: list[str]) -> None:
    """The command exists and takes these options."""
    group = typer.main.get_command(app)
    name, *rest = words
    command = group.commands[name]  # type: ignore[attr-defined]
    options = {option for p in command.params for option in (*p.opts, *p.secondary_opts)}
    for word in rest:
        if word.startswith("-"):
            assert word in options, (name, word)


def test_the_container_has_only_what_is_known():
    known = {"FROM", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL"}
    known |= {"HEALTHCHECK", "ENTRYPOINT", "CMD"}
    assert {name for name, _ in CONTAINER} <= known
    assert told("USER") == ["10001"]
    assert told("VOLUME") == ["/data"]
    # Nobody becomes root again, and nothing is fetched but with its hash.
    last = max(i for i, (name, _) in enumerate(CONTAINER) if name == "USER")
    assert not [name for name, _ in CONTAINER[last:] if name in ("RUN", "COPY")]
    for run in told("RUN"):
        for pip in re.findall(r"pip install[^&]*", run):
            assert "--require-hashes" in pip or "--no-index" in pip, pip


def test_what_the_container_copies_is_there_or_is_built():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    for rest in told("COPY"):
        if rest.startswith("--from=build"):
            continue
        source = rest.split()[0]
        assert f"!{source}" in ignored
        assert source == "dist/*.whl" or (ROOT / source).is_file()
    assert (ROOT / "constraints" / "service.txt").read_text(encoding="utf-8").count("psycopg") > 1


def test_the_container_runs_commands_that_exist():
    (entry,), (command,) = told("ENTRYPOINT"), told("CMD")
    assert json.loads(entry) == ["influencr"]
    check_command(json.loads(command))
    (health,) = told("HEALTHCHECK")
    python, option, module, address = json.loads(health[health.index("[") :])
    assert (python, option) == ("python", "-m")
    assert address.endswith("/health")
    source = ROOT / "src" / Path(*module.split("."))
    assert source.with_suffix(".py").is_file()


def test_settings_that_are_set_exist():
    for file in DEPLOY.iterdir():
        for name in re.findall(r"INFLUENCR_[A-Z_]+", file.read_text(encoding="utf-8")):
            assert name in SETTINGS, (file.name, name)


@pytest.mark.parametrize("name", ["influencr.service", "influencr-backup.service"])
def test_units_run_commands_that_exist(name: str):
    text = (DEPLOY / name).read_text(encoding="utf-8")
    (line,) = re.findall(
        r"/opt/influencr/bin/influencr ([^'\n$]*)", text.partition("ExecStart=")[2]
    )
    check_command([w for w in shlex.split(line) if not w.startswith(("/", "$"))])
    for protection in ("NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=\n"):
        assert protection in text


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_understands_the_units(tmp_path: Path):
    """The program of this checkout stands in for the installed one."""
    units = []
    for file in DEPLOY.glob("influencr*.*"):
        text = file.read_text(encoding="utf-8").replace(
            "/opt/influencr/bin/influencr", sys.executable
        )
        units.append(tmp_path / file.name)
        units[-1].write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", *map(str, units)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )
    ours = [line for line in done.stderr.splitlines() if "influencr" in line]
    assert (done.returncode, ours) == (0, []), done.stderr


@pytest.mark.parametrize("name", ["Caddyfile", "nginx.conf"])
def test_proxies_keep_no_address_and_pass_on_who_asked(name: str):
    text = (DEPLOY / name).read_text(encoding="utf-8")
    assert "127.0.0.1:8000" in text
    assert "/metrics" in text.replace("(metrics", "/metrics")
    if name == "nginx.conf":
        assert "access_log off;" in text
        for header in ("X-Forwarded-For $remote_addr", "X-Forwarded-Host $host"):
            assert f"proxy_set_header {header};" in text
        # Added to instead of set, a visitor could say who they are.
        assert "$proxy_add_x_forwarded_for" not in text
        assert "client_max_body_size 64k;" in text
    else:
        assert "output discard" in text
        assert "max_size 64KB" in text
