"""One creator, or two: everything known, the evidence, and why they are found or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from influencr.answers import documents
from influencr.answers._question import question
from influencr.errors import NotListed
from influencr.records import Policy
from influencr.search import Query

if TYPE_CHECKING:
    from influencr.engine import Engine

__all__ = ["Compare", "Creator", "Explain", "Who", "listed"]

_WHO = "platform:@handle, platform:native id, a handle, or the address of a profile"


class Creator(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is meant, and what is wanted of them."""

    who: Annotated[str, Meta(description=_WHO)]
    fields: Annotated[
        tuple[str, ...],
        Meta(description="fields that are wanted, as `followers` or `place.label`; none: all"),
    ] = ()


class Who(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is meant."""

    who: Annotated[str, Meta(description=_WHO)]


class Explain(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is meant, and the search."""

    who: Annotated[str, Meta(description=_WHO)]
    query: Query = Query()


class Compare(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Two creators, and the search."""

    one: Annotated[str, Meta(description=_WHO)]
    other: Annotated[str, Meta(description=_WHO)]
    query: Query = Query()


def listed(engine: Engine, who: str, *, field: str = "who") -> dict[str, Any]:
    """The row of somebody who is listed and may be shown; NotListed for anybody else, which tells
    the same of somebody who left as of nobody.
    """
    row = engine.show(who)
    if row is None or not row["indexed"] or not Policy(row["policy"]) & Policy.SHOW_SIGNED_OUT:
        raise NotListed(who, field=field)
    return row


@question("creator", Creator, path="creators/{who}", returns=documents.DossierDocument)
def creator(engine: Engine, request: Creator) -> dict[str, Any]:
    """Everything known of one creator, each judgement with its reason; unknown is null."""
    row = listed(engine, request.who)
    found = engine.influence(row["profile_id"])
    whole = documents.dossier_document(row, None if found is None else found.facts)
    return documents.cut(whole, request.fields, documents.dossier_fields())


@question("evidence", Who, path="creators/{who}/evidence", returns=documents.EvidenceDocument)
def evidence(engine: Engine, request: Who) -> dict[str, Any]:
    """Whether one creator's audience looks real: the verdict, the share with its interval, every
    finding with the innocent explanations that were looked for, and disputes.

    `verdict` is "unknown" and the findings are empty where nobody's followers were looked at.
    """
    row = listed(engine, request.who)
    found = engine.evidence(row["profile_id"])
    if found is None:
        return documents.no_evidence_document(row)
    return documents.evidence_document(found, disputes=engine.disputes(row["profile_id"]))


@question("influence", Who, path="creators/{who}/influence", returns=documents.InfluenceDocument)
def influence(engine: Engine, request: Who) -> dict[str, Any]:
    """Whom one creator moves: the score and the parts that multiply to it, closeness, growth, and
    creators of the platform to compare with. `measured` is null where nothing was measured.
    """
    row = listed(engine, request.who)
    return documents.influence_document(row, engine.influence(row["profile_id"], cohort=True))


@question("explain", Explain, path="explain", by_post=True, returns=documents.ExplainedDocument)
def explain(engine: Engine, request: Explain) -> dict[str, Any]:
    """Why a creator is, or is not, among the results of a search: every filter, and the score part
    by part.
    """
    listed(engine, request.who)
    return documents.reasons_document(engine.explain(request.query, request.who))


@question("compare", Compare, path="compare", by_post=True, returns=documents.ComparedDocument)
def compare(engine: Engine, request: Compare) -> dict[str, Any]:
    """Which of two creators stands above the other in a search, and what decides."""
    listed(engine, request.one, field="one")
    listed(engine, request.other, field="other")
    return documents.reasons_document(engine.compare(request.query, request.one, request.other))
