"""Every folder says what it offers: `__all__` equals its public names, and every one exists."""

import ast
import importlib
from pathlib import Path

import pytest

FOLDERS = [
    "influencr",
    "influencr.answers",
    "influencr.answers.documents",
    "influencr.catalogue",
    "influencr.cli",
    "influencr.cohorts",
    "influencr.engine",
    "influencr.errors",
    "influencr.geography",
    "influencr.home",
    "influencr.index",
    "influencr.influence",
    "influencr.kept",
    "influencr.mcp",
    "influencr.pipeline",
    "influencr.pipeline.collecting",
    "influencr.pipeline.listening",
    "influencr.planning",
    "influencr.records",
    "influencr.remote",
    "influencr.search",
    "influencr.sources",
    "influencr.sources.bluesky.stream",
    "influencr.sources.bluesky",
    "influencr.sources.files",
    "influencr.sources.http",
    "influencr.sources.synthetic",
    "influencr.testing",
    "influencr.text",
    "influencr.topics",
    "influencr.vetting",
]


def bound_names(tree):
    """Public names that a module binds at its top level, imports of ours included."""
    for node in tree.body:
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                yield name
            case ast.Assign(targets=targets):
                yield from (t.id for t in targets if isinstance(t, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.ImportFrom(module=module, names=names) if (module or "").startswith(
                "influencr"
            ):
                if node.module.rpartition(".")[2].startswith("_"):
                    yield from (alias.asname or alias.name for alias in names)


@pytest.mark.parametrize("name", FOLDERS)
def test_all_equals_the_public_names(name):
    module = importlib.import_module(name)
    offered = list(module.__all__)
    assert len(offered) == len(set(offered))
    for word in offered:
        assert getattr(module, word) is not None, word
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    bound = {n for n in bound_names(tree) if not n.startswith("_")}
    assert bound <= set(offered), sorted(bound - set(offered))


def test_every_folder_is_listed_above(root):
    packages = {
        "influencr." + folder.name
        for folder in (root / "src" / "influencr").iterdir()
        if (folder / "__init__.py").exists()
    }
    # the service's names are Django's business
    assert packages - {"influencr.service"} <= set(FOLDERS)
