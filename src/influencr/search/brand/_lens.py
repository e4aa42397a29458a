"""A search looked at through a brand: fit and alignment as filters, factors and evidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from influencr.index import Node, Scale
from influencr.search.brand._brand import Brand
from influencr.search.brand._fit import Fit, FitPlan
from influencr.search.brand._prepared import UNKNOWN_FACTOR, Alignment, Mention, Prepared

__all__ = ["BrandHit", "BrandLens", "BrandRead"]


#: The factor of who fits less than an eighth (`fit_factor`).
_LEAST_FIT = 1 / 8


class BrandHit(msgspec.Struct, frozen=True, kw_only=True):
    """One creator beside a brand.

    fit         how their content fits; None where the brand gives nothing that can be asked
    alignment   how much of their audience is the one that the brand wants
    mentions    where they name the brand or a competitor, the newest first
    """

    fit: Fit | None
    alignment: Alignment
    mentions: tuple[Mention, ...]


class BrandRead(msgspec.Struct, frozen=True, kw_only=True):
    """How a brand was understood: shown above the results.

    words, topics    that creators are asked for, and by what examples' words beside them
    examples         example creators that the index holds; `missing` are those that it does not
    pieces           which of place, language and topic the audience is judged by
    n_aligned        creators of whose audience enough is known
    reason           why no audience is known at all, None where some are
    judged_at        when audiences and mentions were read
    """

    name: str
    words: tuple[str, ...]
    topics: tuple[str, ...]
    example_words: tuple[str, ...]
    examples: tuple[str, ...]
    missing: tuple[str, ...]
    pieces: tuple[str, ...]
    n_aligned: int
    reason: str | None
    judged_at: datetime | None


class BrandLens:
    """See `search._lens.Lens`."""

    def __init__(
        self,
        brand: Brand,
        plan: FitPlan,
        prepared: Prepared,
        *,
        fit_min: float | None = None,
        alignment_min: float | None = None,
    ) -> None:
        self.brand, self.plan, self.prepared = brand, plan, prepared
        self._fit_min, self._alignment_min = fit_min, alignment_min

    @property
    def filters(self) -> tuple[tuple[str, str, Node], ...]:
        """The least fit and the least alignment, where they are asked for."""
        found: list[tuple[str, str, Node]] = []
        name = self.brand.name
        if self._fit_min:
            label = f"content fits {name} by {self._fit_min:.0%} and more"
            found.append(("fit_min", label, self.plan.at_least(self._fit_min)))
        if self._alignment_min is not None:
            label = f"audience known to match {name}'s by {self._alignment_min:.0%} and more"
            who = self.prepared.at_least(self._alignment_min)
            found.append(("alignment_min", label, who))
        return tuple(found)

    def scale(self, node: Node) -> Node:
        """Times the fit, times the alignment."""
        if self.plan.whole and self.prepared.tiers:
            return Scale(node, self.prepared.joined(self.plan.tiers, _LEAST_FIT), 1.0)
        if self.plan.whole:
            return Scale(node, self.plan.tiers, _LEAST_FIT)
        if self.prepared.tiers:
            return Scale(node, self.prepared.tiers, UNKNOWN_FACTOR)
        return node

    def see(self, creator: Mapping[str, Any]) -> tuple[dict[str, float], dict[str, Any]]:
        """The parts fit and alignment, where anything tells creators apart by them, and `brand`."""
        profile_id = creator["profile_id"]
        fit = self.plan.told(creator) if self.plan.whole else None
        alignment = self.prepared.alignment(profile_id)
        factors: dict[str, float] = {}
        if fit is not None:
            factors["fit"] = fit.factor
        if self.prepared.tiers:
            factors["alignment"] = alignment.factor
        mentions = self.prepared.mentions(profile_id)
        return factors, {"brand": BrandHit(fit=fit, alignment=alignment, mentions=mentions)}

    def read(self) -> dict[str, Any]:
        """The field `brand` of the results."""
        return {"brand": self.understood()}

    def understood(self) -> BrandRead:
        """How the brand was understood."""
        plan, prepared = self.plan, self.prepared
        return BrandRead(
            name=self.brand.name,
            words=tuple(one.typed for one in plan.asked),
            topics=plan.topics,
            example_words=tuple(one.word for one in plan.distinct),
            examples=tuple(name for name, _ in plan.examples),
            missing=plan.missing,
            pieces=prepared.pieces,
            n_aligned=prepared.n_aligned,
            reason=prepared.reason,
            judged_at=prepared.judged_at,
        )
