"""A few of the calls that `make test-servers` makes for ten minutes, always the same ones."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.standins.generated import generated

from influencr.engine import Engine


@pytest.mark.django_db
def test_generated_calls_are_answered_as_described(
    tiny_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    from influencr.service.web import engine as door
    from influencr.service.wsgi import application

    shutil.copytree(tiny_home, tmp_path / "home")
    with Engine(tmp_path / "home") as opened:
        door.forget_engine()
        monkeypatch.setattr(door, "_open", lambda _: opened)
        opened.lists.make("Bakers")
        who = opened.search(limit=1, everything=True).hits[0].profile_id
        counted, wrong = generated(
            application, seed=10, each=1, rounds=1, known={"who": who, "list": "Bakers"}
        )
        door.forget_engine()
    assert wrong == []
    assert counted[200] > 10
    assert counted[422] > 10
