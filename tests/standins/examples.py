"""The examples of the documentation, read off its pages and run as a reader would run them.

A page is run from its top, in an empty folder that holds the files it offers, with a data home of
its own: what one block leaves, the next one finds. Three notes, comments of Markdown in the line
above a fence, change that:

    <!-- not run: asks the live network -->   checked against the program instead of run
    <!-- example: demo -->                    from here on in a copy of the invented world
    <!-- example: own home -->                and back again
    <!-- example: exits with 2 -->            the command is to fail so

Shell lines are understood by a small shell of our own: whatever it does not know fails the page,
so that no example is passed over.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import typer.main

from influencr.cli import main
from influencr.cli._app import app
from influencr.service._environment import VARIABLES

ROOT = Path(__file__).resolve().parents[2]
FILES = ROOT / "docs" / "guides" / "files"

BLOCK = re.compile(
    r"(?:^[ ]*<!-- (?P<note>[^\n]*?) -->\n)?"
    r"^(?P<indent>[ ]*)```(?P<language>[^\n]*)\n(?P<text>.*?)^(?P=indent)```[ ]*$",
    re.DOTALL | re.MULTILINE,
)

#: Commands that do not end by themselves or belong to an instance with members: their words are
#: checked, and what they do is tested where they live.
ENDLESS = ("serve", "demo", "listen", "manage", "mcp")

#: What an example may put where something of the reader's belongs.
SETTINGS = {variable.name for variable in VARIABLES}


class Example(NamedTuple):
    """One fenced block of a page."""

    page: Path
    line: int
    language: str
    text: str
    note: str

    @property
    def is_run(self) -> bool:
        return not self.note.startswith("not run: ")

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def examples_of(page: Path) -> list[Example]:
    """Every fenced block, in order."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in BLOCK.finditer(text):
        indent = match["indent"]
        lines = [line.removeprefix(indent) for line in match["text"].splitlines()]
        at = text.count("\n", 0, match.start("language")) + 1
        block = "\n".join(lines) + "\n"
        found.append(Example(page, at, match["language"].strip(), block, match["note"] or ""))
    return found


class Page:
    """One page being run.

    folder     where its commands are given
    world      a home with the invented world, copied when a page asks for it
    set_env    sets an environment variable for as long as the page is run
    http       answers what `curl` asks: method, path with query, headers, body -> text; None where
               no instance stands behind the page
    """

    def __init__(
        self,
        folder: Path,
        world: Path,
        set_env: Callable[[str, str], None],
        http: Callable[[str, str, dict[str, str], str | None], tuple[int, str]] | None = None,
    ) -> None:
        self.folder, self.world, self.set_env, self.http = folder, world, set_env, http
        self.names: dict[str, Any] = {"__name__": "example"}
        self._at(folder / "home")

    def run(self, example: Example) -> None:
        """Raises AssertionError naming page, line and what went wrong."""
        if example.note == "example: demo":
            self._to_the_demo()
        elif example.note == "example: own home":
            self._at(self.folder / "home")
        language = example.language
        if language == "sh":
            for words in lines_of(example, self._written):
                self._line(example, words)
        elif language == "python":
            code = compile(example.text, str(example), "exec")
            if example.is_run:
                with contextlib.redirect_stdout(io.StringIO()):
                    exec(code, self.names)
        elif language == "json":
            json.loads(example.text)
        elif language == "toml":
            tomllib.loads(example.text)
            if "sources.toml" in example.text and example.is_run:
                self.home.mkdir(exist_ok=True)
                (self.home / "sources.toml").write_text(example.text, encoding="utf-8")
        elif language not in ("text", "ini"):
            raise AssertionError(f"{example}: a block of '{language}' is not understood")
        elif re.search(r"^influencr ", example.text, re.MULTILINE):
            raise AssertionError(f"{example}: commands stand in a block that is not marked sh")

    def close(self) -> None:
        """Let go of what Python examples opened."""
        for held in self.names.values():
            if hasattr(held, "close") and not isinstance(held, type):
                held.close()

    def _written(self, name: str, text: str) -> None:
        file = self.folder / name
        assert file.parent == self.folder, f"{name} is no plain name of a file"
        file.write_text(text, encoding="utf-8")

    def _to_the_demo(self) -> None:
        import shutil

        demo = self.folder / "demo"
        if not demo.exists():
            shutil.copytree(self.world, demo)
        self._at(demo)

    def _at(self, home: Path) -> None:
        self.home = home
        self.set_env("INFLUENCR_HOME", str(home))

    def _line(self, example: Example, words: list[str]) -> None:
        words = list(words)
        if words[0] == "export":
            words = words[1:]
        while words and re.fullmatch(r"[A-Z_]+=.*", words[0], re.DOTALL):
            name, _, value = words.pop(0).partition("=")
            known = name in SETTINGS or name.startswith("INFLUENCR_TEST_") or name in KEYS
            assert known, f"{example}: no setting is called {name}"
            if example.is_run and name != "INFLUENCR_HOME":
                self.set_env(name, value)
        if not words:
            return
        command, *rest = words
        if command == "influencr":
            self._command(example, rest)
        elif command == "curl":
            self._curl(example, rest)
        elif command == "make":
            targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
            unknown = [w for w in rest if "=" not in w and w not in targets]
            assert not unknown, f"{example}: make has no target {unknown}"
        elif command == "pip":
            assert rest[0] == "install", f"{example}: pip {rest[0]}"
        elif command == ".venv/bin/python":
            named = [w for w in rest if w.endswith(".py")]
            assert all((ROOT / w).is_file() for w in named), f"{example}: no {named}"
        else:
            raise AssertionError(f"{example}: the command {command!r} is not understood")

    def _command(self, example: Example, rest: list[str]) -> None:
        name = next((w for w in rest if not w.startswith("-") and "/" not in w), "")
        if not example.is_run or name in ENDLESS:
            read(example, rest)
            return
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(rest)
        wanted = re.fullmatch(r"example: exits with (\d+)", example.note)
        expected = int(wanted[1]) if wanted else 0
        line = shlex.join(["influencr", *rest])
        assert code == expected, f"{example}: {line} ended with {code}: {err.getvalue()[-2000:]}"

    def _curl(self, example: Example, rest: list[str]) -> None:
        method, headers, body, address = "GET", {}, None, ""
        words = iter(rest)
        for word in words:
            if word in ("-X", "--request"):
                method = next(words)
            elif word in ("-H", "--header"):
                name, _, value = next(words).partition(": ")
                headers[name] = value
            elif word in ("-d", "--data", "--json"):
                body = next(words)
                method = "POST" if method == "GET" else method
                if word == "--json":
                    headers["Content-Type"] = "application/json"
            elif word in ("-o", "--output"):
                next(words)
            elif not word.startswith("-"):
                address = word
        assert address.startswith("http"), f"{example}: curl names no address"
        if not example.is_run:
            return
        assert self.http is not None, f"{example}: no instance is there to be asked"
        path = "/" + address.split("/", 3)[3]
        status, said = self.http(method, path, headers, body)
        wanted = re.fullmatch(r"example: answers (\d+)", example.note)
        expected = (int(wanted[1]),) if wanted else (200, 201, 202, 204)
        assert status in expected, f"{example}: {method} {path} answers {status}: {said[:2000]}"


#: Keys of sources: each source reads INFLUENCR_<SOURCE>_<NAME>.
KEYS = {
    f"INFLUENCR_{source}_{name}"
    for source, name in (("YOUTUBE", "KEY"), ("INSTAGRAM", "TOKEN"), ("PLAZA", "KEY"))
}


def lines_of(example: Example, written: Callable[[str, str], None]) -> Iterator[list[str]]:
    """The words of each line, comments off, continued lines joined, files of the page written."""
    text = re.sub(
        r"^cat > (\S+) <<'END'\n(.*?)^END\n",
        lambda match: written(match[1], match[2]) or "",
        example.text,
        flags=re.DOTALL | re.MULTILINE,
    )
    text = re.sub(r"\\\n\s*", " ", text)
    for line in text.splitlines():
        words = shlex.split(line, comments=True)
        for word in words:
            assert word not in ("|", "&&", ";", ">"), f"{example}: {word} joins two commands"
        if words:
            yield words


def read(example: Example, rest: list[str]) -> None:
    """Checks the words of a command against the program, without doing it."""
    command: Any = typer.main.get_command(app)
    context = command.make_context("influencr", list(rest))
    while hasattr(command, "resolve_command"):
        left = [*context._protected_args, *context.args]
        assert left, f"{example}: names no command"
        name, command, left = command.resolve_command(context, left)
        context = command.make_context(name, list(left), parent=context)
        if name == "manage":
            managed(example, context.params["words"] or ["help"])
            return


def managed(example: Example, words: list[str]) -> None:
    """Checks the words of a command of the service."""
    import django
    from django.core.management import get_commands, load_command_class

    django.setup()
    name, *rest = words
    commands = get_commands()
    if name == "worker":
        assert set(rest) <= {"--once"}, f"{example}: worker takes no {rest}"
        return
    assert name in commands, f"{example}: the service has no command {name}"
    parser = load_command_class(str(commands[name]), name).create_parser("influencr", name)
    parser.exit_on_error = False
    rest = [word if word != "ID" else os.urandom(16).hex() for word in rest]
    try:
        with contextlib.redirect_stderr(io.StringIO()) as said:
            parser.parse_args(rest)
    except (SystemExit, Exception) as error:
        raise AssertionError(f"{example}: {name} {rest}: {error} {said.getvalue()}") from error
