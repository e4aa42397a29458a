"""Whose audience looks real, and why: stored verdicts, their evidence, and checking one again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from influencr.errors import HomeError, UsageError

if TYPE_CHECKING:
    from influencr.engine._asking import Asking
    from influencr.engine._opened import Opened
    from influencr.kept import Dispute, Kept
    from influencr.pipeline.vetting import Vetted

__all__ = [
    "MAX_REASON",
    "Disputed",
    "dispute",
    "disputes",
    "evidence",
    "members",
    "settle_open",
    "vet",
]

#: Letters of the words that come with a dispute; our own choice.
MAX_REASON = 2_000


class Disputed(NamedTuple):
    """One creator's check, as it was stored and as it comes out of the records now.

    before    None when nothing was stored
    changed   whether anything that is shown differs: status, sentence or share
    dispute   what is kept of it
    """

    before: Vetted | None
    after: Vetted
    changed: bool
    dispute: Dispute


def vet(engine: Asking, handles: Iterable[str] | None) -> Iterator[Vetted]:
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


def evidence(engine: Opened, profile_id: str) -> Vetted | None:
    """See `Engine.evidence`."""
    from influencr.pipeline.vetting import read_vetted

    try:
        return next(read_vetted(engine.home.judged, [profile_id]), None)
    except HomeError:
        # Judged by a version that looked at no audience: the next whole refresh does.
        return None


def members(engine: Asking, profile_id: str) -> list[tuple[str, ...]]:
    """See `Engine.evidence_members`."""
    from influencr.pipeline.vetting import member_ids

    return member_ids(engine.home.judged, engine.catalogue, profile_id)


def disputes(engine: Asking, profile_id: str | None) -> list[Dispute]:
    """See `Engine.disputes`."""
    from influencr.kept import Kept

    return Kept(engine.home.path).disputes(profile_id)


def dispute(
    engine: Asking, who: str, reason: str, progress: Callable[[str, int, int], None] | None
) -> Disputed:
    """See `Engine.dispute`."""
    from influencr.kept import Kept

    profile_id = _listed(engine, who)
    reason = " ".join(reason.split())
    if len(reason) > MAX_REASON:
        raise UsageError(
            f"reason: {len(reason):,} letters are too many; at most {MAX_REASON:,} are kept.",
            field="reason",
        )
    before = evidence(engine, profile_id)
    kept = Kept(engine.home.path)
    # Kept first: whatever ends the check, nobody has to dispute twice (`settle_open`).
    number = kept.dispute(profile_id, reason, None if before is None else before.verdict.status)
    if progress is not None:
        progress("vet", 0, 1)
    after = _again(engine, profile_id)
    changed = before is None or _shown(before) != _shown(after)
    _settle(kept, number, after, changed=changed)
    if progress is not None:
        progress("vet", 1, 1)
    told = next(one for one in kept.disputes(profile_id) if one.number == number)
    return Disputed(before, after, changed, told)


def settle_open(engine: Opened) -> None:
    """Disputes whose check was interrupted, after everybody was judged anew: that was the check."""
    from influencr.kept import Kept

    kept = Kept(engine.home.path)
    for one in kept.unchecked():
        now = evidence(engine, one.profile_id)
        if now is not None:
            _settle(kept, one.number, now, changed=now.verdict.status != one.before)


def _settle(kept: Kept, number: int, after: Vetted, *, changed: bool) -> None:
    kept.settle(number, after.verdict.status, changed=changed, version=after.verdict.version)


def _again(engine: Asking, profile_id: str) -> Vetted:
    from influencr.pipeline.vetting import check_again

    after = check_again(engine.home.judged, engine.catalogue, profile_id)
    if after is None:
        raise UsageError(
            f"{profile_id} is not listed any more; run `influencr refresh`.", field="reference"
        )
    return after


def _shown(row: Vetted) -> tuple[object, ...]:
    verdict = row.verdict
    return verdict.status, verdict.sentence, verdict.share, row.states


def _listed(engine: Asking, who: str) -> str:
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
