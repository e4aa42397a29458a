"""The index of columns passes every check of the published kit."""

from pathlib import Path

import pytest

from influencr.index.columns import ColumnIndex
from influencr.testing.check_index import IndexCheck, check_index


@pytest.mark.parametrize("check", list(check_index(ColumnIndex)), ids=lambda c: c.name)
def test_promise(check: IndexCheck, tmp_path: Path) -> None:
    check.run(tmp_path / "index")
