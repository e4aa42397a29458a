"""Which engine is opened, and what an index that another one wrote answers."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from influencr.errors import OtherFormat, UnknownValue
from influencr.index import ENGINES, Anyone, open_index
from influencr.index._engines import VARIABLE
from influencr.index.columns import ColumnIndex
from influencr.index.tantivy import TantivyIndex
from influencr.service._environment import VARIABLES
from influencr.testing.check_index import sample

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("word", "kind"),
    [("", ColumnIndex), ("columns", ColumnIndex), (" Tantivy ", TantivyIndex)],
)
def test_the_variable_chooses(word: str, kind: type, tmp_path: Path) -> None:
    assert isinstance(open_index(tmp_path, environ={VARIABLE: word}), kind)


def test_without_the_variable_it_is_the_first(tmp_path: Path) -> None:
    assert isinstance(open_index(tmp_path, environ={}), ColumnIndex)


def test_an_engine_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownValue, match=r"INFLUENCR_INDEX_ENGINE: 'colums'.*'columns'"):
        open_index(tmp_path, environ={VARIABLE: "colums"})


def test_the_setting_is_documented_with_its_default() -> None:
    (told,) = (v for v in VARIABLES if v.name == VARIABLE)
    assert told.default == ENGINES[0]
    assert all(f"`{name}`" in told.meaning for name in ENGINES)


@pytest.mark.parametrize("first", ENGINES)
def test_an_index_of_the_other_engine_is_refused_and_replaced(first: str, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    second = next(name for name in ENGINES if name != first)
    old = open_index(folder, environ={VARIABLE: first})
    old.build(sample(), as_of=AS_OF)
    before = old.snapshot()
    new = open_index(folder, environ={VARIABLE: second})
    for ask in (new.snapshot, lambda: new.upsert(sample(1)), lambda: new.erase(["tiktok:1"])):
        with pytest.raises(OtherFormat, match="refresh"):
            ask()
    files = {p.name for p in folder.iterdir()}
    new.build(sample(7), as_of=AS_OF)
    assert new.snapshot().count(Anyone()) == 7
    left = {p.name for p in folder.iterdir()} & files
    assert left == {"CURRENT", "LOCK"}, "no file of the other engine is left"
    assert before.count(Anyone()) == 40, "who was reading goes on"
    with pytest.raises(OtherFormat, match="another engine"):
        old.snapshot()
    old.close()
    new.close()
