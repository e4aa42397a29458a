"""Sets of followers as a home would hold them, written down by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl

from influencr.pipeline.alignment._follows import NO_PLACE
from influencr.pipeline.audiences._files import CREATORS_SCHEMA, About, Audiences, bitmap
from influencr.planning import Audience

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def audience(
    people: dict[str, list[int]],
    *,
    flagged: dict[str, list[int]] | None = None,
    stated: dict[str, int] | None = None,
    place: dict[int, int] | None = None,
    barred: dict[str, str] | None = None,
) -> Audience:
    """Sets as a home would hold them."""
    content, rows = b"", []
    for name in sorted(people):
        good = bitmap(np.array(people[name], dtype=np.uint32))
        bad = bitmap(np.array((flagged or {}).get(name, []), dtype=np.uint32))
        start = len(content)
        content += good.serialize()
        middle = len(content)
        content += bad.serialize()
        rows.append(
            {
                "profile_id": name,
                "followers": (stated or {}).get(name),
                "n_people": len(good),
                "n_flagged": len(bad),
                "reason": (barred or {}).get(name),
                "start": start,
                "middle": middle,
                "end": len(content),
            }
        )
    n = 1 + max((max(p, default=0) for p in people.values()), default=0)
    places = np.full(n, NO_PLACE, dtype=np.int64)
    for person, where in (place or {}).items():
        places[person] = where
    about = About(
        format=1,
        judged_at=NOW,
        as_of=NOW,
        files=(),
        hashed_by="test",
        by_handle=False,
        n_numbers=n,
        updated=False,
        seconds=0.0,
    )
    numbers = np.arange(n, dtype=np.uint32)
    return Audience(
        Audiences(
            about=about,
            folder=Path("/nowhere"),
            creators=pl.DataFrame(rows, schema=CREATORS_SCHEMA),
            sets=np.frombuffer(content, dtype=np.uint8),
            keys=numbers.astype(np.uint64),
            numbers=numbers,
            place=places,
            barred=np.zeros(0, dtype=np.uint64),
        )
    )
