from __future__ import annotations

import pytest

from influencr.geography import Gazetteer
from influencr.geography.gazetteer._build import build
from influencr.geography.gazetteer._reader import DATA


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    if not (DATA / "manifest.json").exists():
        build(DATA)
    return Gazetteer.load()
