"""Small scenes: twenty people are enough in these tests, thirty in the product."""

import pytest

from influencr.pipeline.alignment import _align, _overlap


@pytest.fixture(autouse=True)
def _twenty_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _align.MIN_KNOWN == 30
    for module in (_align, _overlap):
        monkeypatch.setattr(module, "MIN_KNOWN", 20)
