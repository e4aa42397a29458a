"""What may and may not lie in the tree."""

import ast
import os
import re
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

MAX_LINES = 500


def registry_hosts() -> set[str]:
    """Hosts of the package registries that this environment's own clients are set to."""
    asked = [
        ["python", "-m", "pip", "config", "get", "global.index-url"],
        ["python", "-m", "pip", "config", "get", "global.extra-index-url"],
        ["npm", "config", "get", "registry"],
    ]
    addresses = [os.environ.get(name, "") for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL")]
    addresses += [os.environ.get(name, "") for name in ("UV_INDEX_URL", "UV_DEFAULT_INDEX")]
    for command in asked:
        try:
            done = subprocess.run(
                [sys.executable, *command[1:]] if command[0] == "python" else command,
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
        except OSError:  # no npm here, so nothing of npm's was configured
            continue
        addresses += done.stdout.split()
    hosts = {urlsplit(address).hostname for address in addresses if "://" in address}
    return {host for host in hosts if host and host not in ("localhost", "127.0.0.1")}


def text_of(file):
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_no_registry_is_named_in_the_tree(root, tracked):
    hosts = registry_hosts()
    found = [
        f"{file.relative_to(root)}: {host}"
        for file in tracked
        if hosts and (text := text_of(file))
        for host in hosts
        if host in text
    ]
    assert not found


def test_locks_hold_hashes_and_no_address(root, tracked):
    assert not [file for file in tracked if file.name == "uv.lock"]
    requirements = [f for f in tracked if f.parent.name == "constraints" and f.suffix == ".txt"]
    named = {"base", "build", "dev", "node", "service"}
    named |= {"test-localstripe", "test-mastodon", "test-servers"}
    assert {f.stem for f in requirements} == named
    for file in requirements:
        text = text_of(file)
        assert "://" not in text, file.name
        pinned = re.findall(r"^[a-z0-9][^ \n]*==", text, re.MULTILINE)
        assert pinned
        entries = re.split(r"\n(?=[a-z0-9])", text.strip())
        assert all("--hash=sha256:" in entry for entry in entries), file.name
    for file in tracked:
        if file.name == "package-lock.json":
            assert '"resolved"' not in text_of(file)


def test_lock_files_agree_with_each_other(root):
    def pins(name):
        text = (root / "constraints" / f"{name}.txt").read_text(encoding="ascii")
        return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", text, re.MULTILINE))

    base, build, dev = pins("base"), pins("build"), pins("dev")
    assert base.items() <= build.items() <= dev.items()


def test_no_file_of_the_program_is_too_long(root, tracked):
    long = {
        str(file.relative_to(root)): lines
        for file in tracked
        if file.suffix in (".py", ".js", ".css", ".html", ".mjs", ".ts")
        and file.relative_to(root).parts[0] in ("src", "assets", "tools", "benchmarks")
        and (lines := text_of(file).count("\n")) > MAX_LINES
    }
    assert not long


def test_no_folder_is_a_drawer(root):
    drawers = {"utils", "util", "common", "helpers", "helper", "managers", "manager", "misc"}
    names = {path.stem for path in (root / "src" / "influencr").rglob("*")}
    assert not names & drawers


def program_files(root):
    return [
        file
        for file in sorted((root / "src" / "influencr").rglob("*.py"))
        if "testing" not in file.relative_to(root).parts
    ]


def test_input_is_never_checked_by_assert(root):
    found = [
        f"{file.relative_to(root)}:{node.lineno}"
        for file in program_files(root)
        for node in ast.walk(ast.parse(text_of(file)))
        if isinstance(node, ast.Assert)
    ]
    assert not found


def test_nothing_reads_unfinished(root, tracked):
    words = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
    found = [
        str(file.relative_to(root))
        for file in tracked
        if file.relative_to(root).parts[0] in ("src", "assets", "tools", "benchmarks")
        if words.search(text_of(file))
    ]
    assert not found


@pytest.mark.parametrize("word", ["influencers_", "fake_", "fraud"])
def test_words_that_we_do_not_use_are_no_names(root, word):
    found = [
        f"{file.relative_to(root)}:{node.lineno} {node.id}"
        for file in program_files(root)
        for node in ast.walk(ast.parse(text_of(file)))
        if isinstance(node, ast.Name) and word in node.id.lower()
    ]
    assert not found


def test_nothing_in_src_imports_the_test_kit(root):
    found = [
        str(file.relative_to(root))
        for file in program_files(root)
        if re.search(r"^\s*(from|import) influencr\.testing", text_of(file), re.MULTILINE)
    ]
    assert not found
