"""What was judged of a creator, as documents: audience, influence, all of it at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from influencr.answers.documents._found import creator_document

if TYPE_CHECKING:
    from influencr.engine import Cohort, Influence
    from influencr.kept import Dispute
    from influencr.pipeline.vetting import Vetted

__all__ = [
    "disputed_document",
    "dossier_document",
    "evidence_document",
    "influence_document",
    "no_evidence_document",
]


def dossier_document(row: dict[str, Any], measured: dict[str, Any] | None) -> dict[str, Any]:
    """Everything known of one creator.

    row        as `Engine.show` gives it; of somebody who is not listed only who they are and why
    measured   a row of judged/influence.parquet, None where nothing was measured
    """
    return creator_document(row) | {"measured": measured}


def evidence_document(
    row: Vetted,
    *,
    member_ids: Sequence[tuple[str, ...]] | None = None,
    disputes: Sequence[Dispute] = (),
) -> dict[str, Any]:
    """One creator's audience as a program reads it; the shape is a contract
    (docs/reference/cli.md).

    Only findings are listed as evidence: a family that looked and found nothing is named in
    `looked` and has none.

    member_ids   profile ids of every row of the verdict's evidence, when they are asked for
    disputes     of this creator's verdict
    """
    bought = row.verdict.share
    findings = []
    for number, line in enumerate(row.verdict.evidence):
        if not line.fires:
            continue
        finding: dict[str, Any] = {
            "family": line.family,
            "statistic": line.statistic,
            "value": line.value,
            "p": line.p,
            "from": line.from_at,
            "to": line.to_at,
            "members": line.members,
            "checked": [
                {"alternative": c.alternative, "outcome": c.outcome, "detail": c.detail}
                for c in line.checked
            ],
            "effect": line.effect,
        }
        if member_ids is not None:
            finding["member_ids"] = list(member_ids[number])
        findings.append(finding)
    return {
        "profile_id": row.profile_id,
        "platform": row.platform,
        "handle": row.handle,
        "verdict": row.verdict.status,
        "sentence": row.verdict.sentence,
        "n_seen": row.verdict.n_seen,
        "followers": row.verdict.followers,
        "bought_share": {
            "point": bought.point,
            "low": bought.lo,
            "high": bought.hi,
            "n": bought.n,
            "method": bought.method,
            "reason": bought.reason,
        },
        "looked": list(row.families),
        "evidence": findings,
        "disputes": [disputed_document(one) for one in disputes],
        "as_of": row.verdict.as_of,
        "version": row.verdict.version,
    }


def disputed_document(dispute: Dispute) -> dict[str, Any]:
    """One dispute as a program reads it; what the check said is null until it was made."""
    return {
        "at": dispute.at,
        "reason": dispute.reason,
        "before": dispute.before,
        "checked_at": dispute.checked_at,
        "after": dispute.after,
        "changed": dispute.changed,
        "version": dispute.version,
    }


def no_evidence_document(row: dict[str, Any]) -> dict[str, Any]:
    """`evidence_document` of a listed creator about whose audience nothing is stored: the row's
    verdict and its reason, and no finding."""
    return {
        "profile_id": row["profile_id"],
        "platform": row["platform"],
        "handle": row["handle"],
        "verdict": row.get("verdict") or "unknown",
        "sentence": row.get("verdict_reason"),
        "n_seen": row.get("followers_seen") or 0,
        "followers": row.get("followers"),
        "bought_share": dict.fromkeys(("point", "low", "high", "n", "method", "reason")),
        "looked": [],
        "evidence": [],
        "disputes": [],
        "as_of": None,
        "version": None,
    }


def influence_document(row: dict[str, Any], found: Influence | None) -> dict[str, Any]:
    """Whom somebody moves: what was measured, and creators of the platform to compare with.

    row          as `Engine.show` gives it
    measured     a row of judged/influence.parquet (docs/reference/influence.md)
    cohort       by influence, engagement by the share of followers who react; null where nobody
                 can be compared
    """
    return {
        "profile_id": row["profile_id"],
        "platform": row["platform"],
        "handle": row["handle"],
        "measured": None if found is None else found.facts,
        "cohort": None if found is None else _cohort(found.cohort),
        "engagement": None if found is None else _cohort(found.engagement),
    }


def _cohort(cohort: Cohort | None) -> dict[str, Any] | None:
    return None if cohort is None else cohort._asdict()
