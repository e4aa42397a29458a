"""Questions about what was judged: audiences with their evidence, influence, disputes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from influencr.engine._asking import Asking
from influencr.engine._opened import Progress

if TYPE_CHECKING:
    from influencr.engine._influence import Influence
    from influencr.engine._vetting import Disputed
    from influencr.kept import Dispute
    from influencr.pipeline.vetting import Vetted

__all__ = ["Judged"]


class Judged(Asking):
    """What can be asked about verdicts and influence, and disputing one."""

    def vet(self, handles: Iterable[str] | None = None) -> Iterator[Vetted]:
        """Whose audience looks real: what the last whole judgement found, with the evidence.

        handles   as `show` takes them, answered in this order; None: every listed creator, in
                  order of profile id

        Raises UsageError for nobody, for several, and for somebody who is not listed; HomeError
        when nothing was looked at yet. Nothing is read before the first answer is asked for.
        """
        from influencr.engine._vetting import vet

        self._expiry.observe(self)
        return vet(self, handles)

    def evidence(self, profile_id: str) -> Vetted | None:
        """The same for one profile id; None when nothing is stored about it."""
        from influencr.engine._vetting import evidence

        return evidence(self, profile_id)

    def influence(self, profile_id: str, *, cohort: bool = False) -> Influence | None:
        """Everything measured about whom somebody moves; None when nothing is stored about them.

        cohort   with those whom they are compared with, for a drawing
        """
        from influencr.engine._influence import influence

        return influence(self, profile_id, cohort=cohort)

    def evidence_members(self, profile_id: str) -> list[tuple[str, ...]]:
        """Who the members of each finding are, in the order of the verdict's evidence.

        Profile ids, read from the follows that are known now. Never for a page: it says of named
        people that they arrived together, which may be nobody's fault.
        """
        from influencr.engine._vetting import members

        return members(self, profile_id)

    def dispute(self, who: str, reason: str = "", *, progress: Progress | None = None) -> Disputed:
        """Look at one audience again from the records as they are now, and keep what came out.

        The reason is kept with it, who disputes is not. Interrupted, the next whole refresh settles
        it. Raises Busy while another process refreshes.
        """
        from influencr.engine._vetting import dispute

        return dispute(self, who, reason, progress)

    def disputes(self, profile_id: str | None = None) -> list[Dispute]:
        """Disputes of a creator's verdict, or of everybody's, and what the check said then."""
        from influencr.engine._vetting import disputes

        return disputes(self, profile_id)
