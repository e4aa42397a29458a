"""Whose audience looks real, and why: stored verdicts, their evidence, and checking one again."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from influencr.errors import HomeError, UsageError

if TYPE_CHECKING:
    from influencr.engine._engine import Engine
    from influencr.pipeline.vetting import Vetted

__all__ = ["Disputed", "dispute", "evidence", "members", "vet"]


class Disputed(NamedTuple):
    """One creator's check, as it was stored and as it comes out of the same records again.

    before    None when nothing was stored
    changed   whether anything that is shown differs: status, sentence or share
    """

    before: Vetted | None
    after: Vetted
    changed: bool


def vet(engine: Engine, handles: Iterable[str] | None) -> Iterator[Vetted]:
    """See `Engine.vet`."""
    from influencr.pipeline.vetting import read_vetted

    if handles is None:
        yield from read_vetted(engine.home.judged)
        return
    wanted = [_listed(engine, who) for who in handles]
    found = {row.profile_id: row for row in read_vetted(engine.home.judged, wanted)}
    for profile_id in wanted:
        if profile_id not in found:
            raise HomeError(
                f"{profile_id} came in after the last whole judgement; run "
                "`influencr refresh --whole` to have the audience looked at."
            )
        yield found[profile_id]


def evidence(engine: Engine, profile_id: str) -> Vetted | None:
    """See `Engine.evidence`."""
    from influencr.pipeline.vetting import read_vetted

    try:
        return next(read_vetted(engine.home.judged, [profile_id]), None)
    except HomeError:
        # Judged by a version that looked at no audience: the next whole refresh does.
        return None


def members(engine: Engine, profile_id: str) -> list[tuple[str, ...]]:
    """See `Engine.evidence_members`."""
    from influencr.pipeline.vetting import member_ids

    return member_ids(engine.home.judged, engine.catalogue, profile_id)


def dispute(engine: Engine, who: str, progress: Callable[[str, int, int], None] | None) -> Disputed:
    """See `Engine.dispute`."""
    from influencr.pipeline import judge, read_report
    from influencr.pipeline.vetting import read_vetted

    profile_id = _listed(engine, who)
    report = read_report(engine.home.judged)
    if report is None:
        raise HomeError(f"{engine.home.path} was never judged; run `influencr refresh` once.")
    before = evidence(engine, profile_id)
    # Group evidence is about many creators at once, so the whole is made again, beside the stored.
    again = Path(tempfile.mkdtemp(prefix=".dispute-", dir=engine.home.judged))
    try:
        judge(
            engine.catalogue,
            out=again,
            as_of=report.as_of,
            progress=None if progress is None else lambda d, n: progress("judge", d, n),
            vetting_progress=None if progress is None else lambda d, n: progress("vet", d, n),
        )
        after = next(read_vetted(again, [profile_id]), None)
    finally:
        shutil.rmtree(again, ignore_errors=True)
    if after is None:
        raise UsageError(
            f"{who!r} is not listed any more; run `influencr refresh`.", field="reference"
        )
    return Disputed(before, after, before is None or _shown(before) != _shown(after))


def _shown(row: Vetted) -> tuple[object, ...]:
    verdict = row.verdict
    return verdict.status, verdict.sentence, verdict.share, row.states


def _listed(engine: Engine, who: str) -> str:
    """Profile id of a listed creator; UsageError in one sentence for anybody else."""
    row = engine.show(who)
    if row is None:
        raise UsageError(
            f"Nobody called {who!r} is known here; check the spelling, or write platform:handle.",
            field="reference",
        )
    if not row["indexed"]:
        raise UsageError(
            f"{who!r} is not listed and was not looked at: {row['why_not']}.", field="reference"
        )
    return str(row["profile_id"])
