"""Creators of whom something was told, and a post office that takes real SMTP."""

from __future__ import annotations

from typing import Any

import pytest
from tests.browser.members import post_office


@pytest.fixture
def juno(engine: Any, cast: Any) -> dict[str, Any]:
    """A creator who is listed."""
    row = cast.creator(profile_id="bluesky:1", handle="juno.example", display_name="Juno")
    engine.people["bluesky:1"] = row
    return row


@pytest.fixture
def tell(engine: Any) -> Any:
    """Tells a team something about creators, as a look would."""

    def told(team: Any, *what: tuple[Any, ...], kind: str = "list", key: str = "l1") -> Any:
        kept = engine.of(team.owner_key).alerts.kept
        kept.watch(kind, key)
        (watch,) = [w for w in kept.watches() if (w.kind, w.key) == (kind, key)]
        rows = [(*one, 1) if len(one) == 4 else one for one in what]
        kept.looked(watch, asks=b"", generation=1, as_of=None, came={}, told=rows)
        return kept

    return told


@pytest.fixture
def posted(settings: Any) -> Any:
    """Mail really goes over SMTP; what arrived."""
    with post_office() as (box, address):
        host, _, port = address.removeprefix("smtp://").partition(":")
        settings.MAILERS = {
            "default": {
                "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
                "OPTIONS": {"host": host, "port": int(port), "timeout": 10},
            }
        }
        settings.DEFAULT_FROM_EMAIL = "post@search.example"
        yield box
