"""Every announced source is held to what sources owe; the made-up one is held to it here."""

import pytest

from influencr import sources
from influencr.sources import Collectable
from influencr.sources.synthetic import TINY, SyntheticSource
from influencr.testing.check_source import check_source


@pytest.mark.parametrize("name", sorted(sources.installed()))
def test_every_announced_source_is_checked_by_a_test(root, name):
    kind = sources.load(name)
    words = ["check_source(", kind.__name__]
    if all(hasattr(kind, member) for member in ("open", "plan", "report")):
        words.append("Service(")
    texts = [file.read_text(encoding="utf-8") for file in (root / "tests").rglob("test_*.py")]
    assert any(all(word in text for word in words) for text in texts), words


@pytest.mark.parametrize("name", sorted(sources.installed()))
def test_what_can_be_collected_from_has_every_member(name):
    kind = sources.load(name)
    if hasattr(kind, "open"):
        members = {n for n in dir(Collectable) if not n.startswith("_")} - {"watch"}
        assert members <= set(dir(kind)) | {"name"}
        assert kind.name == name


@pytest.mark.parametrize(
    "check",
    list(check_source("synthetic", lambda folder: SyntheticSource(size=TINY))),
    ids=lambda check: check.name,
)
def test_the_synthetic_source(check):
    check.run()
