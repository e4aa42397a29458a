"""Documentation against code: what exists is documented, what is documented exists."""

import importlib.util
import re
import sys

import pytest


@pytest.fixture(scope="module")
def docs(root):
    spec = importlib.util.spec_from_file_location("influencr_docs_tool", root / "tools" / "docs.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


PAGES = (
    *(
        f"reference/{name}.md"
        for name in (
            *("cli", "http", "mcp", "python", "records", "creators", "vetting"),
            *("influence", "settings", "metrics", "consent", "errors"),
        )
    ),
    "algorithms/error-rates.md",
    "decisions/README.md",
)


@pytest.mark.parametrize("name", PAGES)
def test_reference_page_is_fresh(docs, root, name):
    wanted = docs.BANNER + docs.pages()[name]().rstrip() + "\n"
    found = (root / "docs" / name).read_text(encoding="utf-8")
    assert found == wanted, f"docs/{name} is stale: run `make docs` and commit it"


def test_every_page_is_listed_above(docs):
    assert set(docs.pages()) == set(PAGES)


def test_every_word_of_the_filters_is_in_the_glossary(root):
    from influencr.search import ACTIVITY_STATES, LABELS, VERDICTS

    glossary = (root / "docs" / "reference" / "glossary.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\s*- \*\*([a-z_, ]+)\*\*:", glossary, re.MULTILINE))
    explained |= {word for entry in explained for word in entry.split(", ")}
    assert {*ACTIVITY_STATES, *LABELS, *VERDICTS} <= explained


def test_architecture_has_a_section_for_every_folder_and_none_more(root):
    text = (root / "ARCHITECTURE.md").read_text(encoding="utf-8")
    sections = set(re.findall(r"^## `?([a-z_]+)/`?", text, re.MULTILINE))
    folders = {
        folder.name
        for folder in (root / "src" / "influencr").iterdir()
        if folder.is_dir() and any(folder.rglob("*.py"))
    }
    assert sections == folders


def test_every_relative_link_leads_somewhere(root, tracked):
    broken = []
    for file in tracked:
        if file.suffix != ".md":
            continue
        prose = re.sub(r"```.*?```", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", prose):
            path = target.partition("#")[0]
            here = path and "://" not in path and not path.startswith("mailto:")
            if here and not (file.parent / path).exists():
                broken.append(f"{file.relative_to(root)}: {target}")
    assert not broken


def test_no_error_code_means_two_things(docs):
    codes = [code for code, _, _ in docs.error_classes().values()]
    assert len(codes) == len(set(codes))
