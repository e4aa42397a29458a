"""The documentation site: what is staged, and the faults that its check finds.

That the whole site builds without a warning is `make docs-check`; here is what it is made of.
"""

import importlib.util
import sys

import pytest


def loaded(root, name):
    file = root / "tools" / "website" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"influencr_site_{name}", file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def stage(root):
    return loaded(root, "stage")


@pytest.fixture(scope="module")
def check(root):
    return loaded(root, "check")


@pytest.fixture
def repository(tmp_path):
    """A small repository: a home page, a guide, a page outside of docs/, a file, a notebook."""
    files = {
        "README.md": "# Elsewhere\n",
        "CONTRIBUTING.md": "# Contributing\n\nBack to [the guide](docs/guides/one.md#part).\n",
        "src/thing.py": "x = 1\n",
        "docs/README.md": (
            "# Home\n\n[One](guides/one.md), [how](../CONTRIBUTING.md), `[no](gone.md)`\n"
        ),
        "docs/guides/README.md": "# Guides\n\n- [One](one.md)\n",
        "docs/guides/one.md": (
            "# One\n\n<!-- not run: a note -->\n```sh\n# [kept](gone.md) <!-- kept -->\n```\n\n"
            "## Part\n\n[Home](../README.md), [code](../../src/thing.py), [there](../../src)\n"
        ),
        "docs/guides/two.md": "# Two\n",
        "docs/guides/three.ipynb": (
            '{"cells": [{"cell_type": "markdown", "source": ["# Three\\n", "\\n", "Words."]},'
            ' {"cell_type": "code", "source": ["print(1)"], "outputs": []}]}'
        ),
    }
    for name, text in files.items():
        file = tmp_path / "repository" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path / "repository"


def test_pages_get_the_names_and_links_of_a_site(stage, repository, tmp_path):
    out = tmp_path / "out"
    pages = stage.stage(repository, out)
    assert set(pages) == {
        *("index", "guides/index", "guides/one", "guides/two", "guides/three"),
        "project/contributing",
    }
    home = (out / "index.md").read_text()
    assert "[One](guides/one.md), [how](project/contributing.md), `[no](gone.md)`" in home
    assert home.endswith(":hidden:\n\n/project/contributing\n/guides/index\n```\n")
    guide = (out / "guides/one.md").read_text()
    assert "[Home](../index.md), [code](../files/src/thing.py), there\n" in guide
    assert (out / "files/src/thing.py").read_text() == "x = 1\n"
    back = (out / "project/contributing.md").read_text()
    assert "[the guide](../guides/one.md#part)" in back


def test_an_index_lists_what_it_links_to_first_and_forgets_nobody(stage, repository, tmp_path):
    stage.stage(repository, tmp_path / "out")
    guides = (tmp_path / "out" / "guides" / "index.md").read_text()
    assert guides.endswith("/guides/one\n/guides/three\n/guides/two\n```\n")


def test_notes_go_and_examples_of_them_stay(stage, repository, tmp_path):
    stage.stage(repository, tmp_path / "out")
    guide = (tmp_path / "out" / "guides" / "one.md").read_text()
    assert "a note" not in guide
    assert "# [kept](gone.md) <!-- kept -->" in guide


def test_a_notebook_is_a_page_of_words_and_code(stage, repository, tmp_path):
    stage.stage(repository, tmp_path / "out")
    page = (tmp_path / "out" / "guides" / "three.md").read_text()
    assert page.startswith("# Three\n\nThis page is a notebook: [three.ipynb](")
    assert "Words.\n\n```python\nprint(1)\n```" in page
    assert (tmp_path / "out" / "files" / "docs" / "guides" / "three.ipynb").is_file()


def test_a_link_that_leads_nowhere_is_told_with_file_and_line(stage, repository, tmp_path):
    (repository / "docs" / "guides" / "two.md").write_text("# Two\n\n[x](nowhere.md)\n")
    with pytest.raises(stage.BrokenLink, match=r"docs/guides/two.md:3: nowhere.md leads nowhere"):
        stage.stage(repository, tmp_path / "out")


def test_the_pages_of_this_repository_can_be_staged(stage, root, tmp_path):
    pages = stage.stage(root, tmp_path / "out")
    wanted = {"index", "start", "guides/index", "reference/index", "project/architecture"}
    assert wanted <= set(pages)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<h1 id="a">A</h1><p id="a"></p>', "stands twice"),
        ("<p>no title</p>", "has 0 titles"),
        ('<h1>A</h1><img src="https://cdn.example/x.png">', "from elsewhere"),
        ('<h1>A</h1><link href="//fonts.example/a.css">', "from elsewhere"),
        ('<h1>A</h1><script src="gone.js"></script>', "is not there"),
        ('<h1>A</h1><a href="gone.html">x</a>', "is not there"),
        ('<h1>A</h1><a href="b.html#gone">x</a>', "no such place"),
        ('<h1>A</h1><a href="#gone">x</a>', "no such place"),
    ],
)
def test_a_fault_of_a_page_is_told(check, tmp_path, body, fault):
    (tmp_path / "a.html").write_text(body, encoding="utf-8")
    (tmp_path / "b.html").write_text('<h1 id="here">B</h1>', encoding="utf-8")
    (told,) = check.faults_of(tmp_path)
    assert told.startswith("a.html: ")
    assert fault in told


def test_a_page_without_fault_is_passed(check, tmp_path):
    body = '<h1 id="top">A</h1><a href="b.html#here">b</a><a href="#top">a</a>'
    outward = '<a href="https://example.org/x">elsewhere</a><a href="mailto:a@example.org">m</a>'
    (tmp_path / "a.html").write_text(body + outward, encoding="utf-8")
    (tmp_path / "b.html").write_text('<h1 id="here">B</h1>', encoding="utf-8")
    assert check.faults_of(tmp_path) == []


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_code_can_be_read_in_both_schemes(root, scheme):
    palette = loaded(root, "palette")
    tokens = palette.tokens(scheme)
    ground = luminance(tokens["sunken"])
    for kind, style in palette.styles(tokens).items():
        shown = luminance(style.split()[-1])
        ratio = (max(shown, ground) + 0.05) / (min(shown, ground) + 0.05)
        assert ratio >= 4.5, f"{kind} in {scheme}: {ratio:.2f}"
