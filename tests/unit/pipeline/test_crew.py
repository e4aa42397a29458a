"""Two processes at a time: what they cannot do stops the run with a sentence, and they go away."""

from pathlib import Path

import pytest

from influencr.errors import Terminal
from influencr.pipeline import _crew
from influencr.pipeline._crew import Crew
from influencr.pipeline.vetting._plan import STEPS_MODULE


def test_a_helper_that_fails_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_crew.os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    with Crew(tmp_path, STEPS_MODULE) as crew:
        # There is no plan in this folder.
        with pytest.raises(Terminal, match="could not do the step causes"):
            crew.do("causes", 3)
        helpers = list(crew._helpers)
        assert len(helpers) == 2
    assert all(helper.poll() is not None for helper in helpers)


def test_one_group_is_done_here(tmp_path: Path) -> None:
    with Crew(tmp_path, STEPS_MODULE) as crew:
        with pytest.raises(FileNotFoundError):
            crew.do("causes", 1)
        assert not crew._helpers
        crew.do("causes", 0)
