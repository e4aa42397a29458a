"""Every example of the documentation is run, or says why it cannot be and is checked."""

import os
import shutil

import pytest
from tests.standins import examples

ROOT = examples.ROOT

#: Pages whose programs are taken apart and run by tests of their own.
LITERATE = {"add-a-source.md": "test_source_guide.py", "add-a-signal.md": "test_signal_guide.py"}

PAGES = [
    ROOT / "docs" / "README.md",
    ROOT / "docs" / "start.md",
    *sorted((ROOT / "docs" / "guides").glob("*.md")),
    *sorted((ROOT / "docs" / "sources").glob("*.md")),
]


class Instance:
    """An open instance over the home that an example is at, asked without a socket."""

    def __init__(self, monkeypatch):
        from influencr.service.web import engine

        self.opened = {}
        self.forget = engine.forget_engine
        monkeypatch.setattr(engine, "_open", self.open)
        self.forget()

    def open(self, home):
        from influencr.engine import Engine

        where = os.environ["INFLUENCR_HOME"]
        if where not in self.opened:
            self.opened[where] = Engine(where)
        return self.opened[where]

    def __call__(self, method, path, headers, body):
        from django.test import Client

        kind = headers.pop("Content-Type", "application/octet-stream")
        said = Client().generic(method, path, body or "", content_type=kind, headers=headers)
        return said.status_code, said.content.decode("utf-8") if not said.streaming else ""

    def close(self):
        self.forget()
        for opened in self.opened.values():
            opened.close()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_work_from_its_top(page, tmp_path, tiny_home, monkeypatch):
    blocks = examples.examples_of(page)
    if page.name in LITERATE:
        assert (ROOT / "tests" / "contract" / LITERATE[page.name]).is_file()
        blocks = [block for block in blocks if block.language != "python"]
    for file in examples.FILES.iterdir():
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("INFLUENCR_")]:
        monkeypatch.delenv(name)
    instance = Instance(monkeypatch)
    running = examples.Page(tmp_path, tiny_home, monkeypatch.setenv, instance)
    try:
        for block in blocks:
            running.run(block)
    finally:
        running.close()
        instance.close()


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_commands_of_the_first_pages_are_those_of_the_program(name, tmp_path, monkeypatch):
    running = examples.Page(tmp_path, tmp_path, monkeypatch.setenv)
    for block in examples.examples_of(ROOT / name):
        if block.language == "sh":
            running.run(block._replace(note="not run: said for the first look"))


def test_a_reason_is_given_wherever_an_example_is_not_run():
    for page in PAGES:
        for block in examples.examples_of(page):
            if block.note.startswith("not run"):
                assert len(block.note) > len("not run: because"), str(block)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("influencr serch vegan\n", "No such command"),
        ("influencr search vegan --colour red\n", "No such option"),
        ("influencr manage subscriptions olga@rye.example\n", "has no command"),
        ("make demmo\n", "has no target"),
        ("rm -rf home\n", "is not understood"),
        ("INFLUENCR_BILING=manual influencr serve\n", "no setting"),
        ("influencr search vegan | head\n", "joins two commands"),
    ],
)
def test_an_example_that_is_wrong_is_noticed(text, says, tmp_path, monkeypatch):
    page = tmp_path / "page.md"
    page.write_text(f"<!-- not run: only read -->\n```sh\n{text}```\n", encoding="utf-8")
    monkeypatch.setattr(examples, "ROOT", tmp_path)
    (tmp_path / "Makefile").write_text("demo: x\n", encoding="utf-8")
    running = examples.Page(tmp_path, tmp_path, monkeypatch.setenv)
    (block,) = examples.examples_of(page)
    with pytest.raises(Exception, match=says):
        running.run(block)
