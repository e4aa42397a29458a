"""The evidence ledger: what every family of evidence writes down, in one frame.

One row per creator and finding. A family that looked and found nothing writes one row with
`fires` false, so that "clear" (a row) differs from "not looked at" (no row). The rows hold what is
needed to make the verdict again: statistic, p, q, window, members, share, alternatives checked.

The families and their letters are those of the method (docs/algorithms/vetting.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
import polars as pl

from influencr.errors import SchemaError
from influencr.records import Checked, Evidence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "BESIDE",
    "CHECKED",
    "EVIDENCE_SCHEMA",
    "EXPLAINED_BY",
    "EXPLAINS_ENOUGH",
    "FAMILIES",
    "GROUP_FAMILIES",
    "OUTCOMES",
    "as_evidence",
    "as_record",
    "clear_rows",
    "empty_evidence",
    "evidence_row",
    "is_explained",
    "is_standing",
    "members_hash",
    "with_explanations",
]

#: Letter of a family -> what it looks at.
FAMILIES: Final[Mapping[str, str]] = {
    "A": "activity",
    "B": "arrival burst",
    "C": "creation dates against order of arrival",
    "D": "duplicate bios and avatars",
    "E": "engagement for its size",
    "G": "followers in lockstep at several creators",
    "P": "share of followers that look bought by their profiles",
    "X": "exchange: rings and pods",
}
#: Families that look at followers together and may carry "looks inflated" (one at least must).
GROUP_FAMILIES: Final = ("G", "C", "D")
#: Families whose findings stand beside the question and never count as bought.
BESIDE: Final = ("A", "X")
#: What checking another explanation may give; "in part": it is there and explains less than half.
OUTCOMES: Final = ("found", "in part", "not found", "not checked")
#: Share of an excess that an alternative has to explain to be "found" (our own choice: most of it).
EXPLAINS_ENOUGH: Final = 0.5
#: Family -> alternatives that explain its findings when they are found: nothing is left to judge.
#: A post that many share brings people of every account age, so it explains a burst and neither
#: accounts made together nor lockstep; a giveaway that asks to follow several creators is lockstep.
#: A pack never explains C or D: anybody may send accounts that were made together through one.
EXPLAINED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "B": ("pack", "onboarding", "viral", "giveaway", "press", "migration"),
    "C": ("onboarding", "migration", "wave of sign-ups"),
    "G": ("pack", "onboarding", "giveaway"),
}

CHECKED: Final = pl.Struct(
    {"alternative": pl.String(), "outcome": pl.String(), "detail": pl.String()}
)

#: Columns of the ledger.
#: creator      row of the audience's creators
#: family       letter of FAMILIES
#: statistic    its name ("max_llr"), value its value, p its p-value, q after Benjamini-Hochberg
#:              over creators (filled where all creators are together)
#: from_at, to_at   seconds UTC of the window of the finding; null when it has none
#: members      followers in it; member_rows their positions in the creator's order of arrival
#: share        members as a share of the followers seen
#: fires        whether the family's own rule says "unusual", before other explanations
#: chart        JSON for a picture, at most 200 points; "" when there is nothing to draw
#: checked      other explanations: alternative, outcome (OUTCOMES), detail (a sentence)
#: version      of the family's method
EVIDENCE_SCHEMA: Final[dict[str, pl.DataType]] = {
    "creator": pl.Int64(),
    "family": pl.String(),
    "statistic": pl.String(),
    "value": pl.Float64(),
    "p": pl.Float64(),
    "q": pl.Float64(),
    "from_at": pl.Int64(),
    "to_at": pl.Int64(),
    "members": pl.Int64(),
    "member_rows": pl.List(pl.Int32()),
    "share": pl.Float64(),
    "fires": pl.Boolean(),
    "chart": pl.String(),
    "checked": pl.List(CHECKED),
    "version": pl.String(),
}

_DEFAULTS: Final[dict[str, Any]] = {
    "value": None,
    "p": None,
    "q": None,
    "from_at": None,
    "to_at": None,
    "members": 0,
    "member_rows": [],
    "share": None,
    "fires": False,
    "chart": "",
    "checked": [],
}


def empty_evidence() -> pl.DataFrame:
    """A ledger without rows."""
    return pl.DataFrame(schema=EVIDENCE_SCHEMA)


def evidence_row(
    *, creator: int, family: str, statistic: str, version: str, **known: Any
) -> dict[str, Any]:
    """One row of the ledger as a dictionary; what is not given is null, 0, empty or false.

    known   other columns of EVIDENCE_SCHEMA; `member_rows` and numbers may be NumPy values;
            `members` is the number of `member_rows` when only those are given

    Raises SchemaError for a family or column that does not exist.

    >>> row = evidence_row(creator=3, family="C", statistic="max_llr", version="1", value=41.5)
    >>> row["fires"], row["members"], row["p"]
    (False, 0, None)
    """
    if family not in FAMILIES:
        raise SchemaError(
            f"There is no evidence family {family!r}; valid: {', '.join(FAMILIES)}.",
            field="family",
            valid=list(FAMILIES),
        )
    strange = sorted(set(known) - set(_DEFAULTS))
    if strange:
        raise SchemaError(f"The ledger has no column {strange[0]!r}.", field=strange[0])
    row: dict[str, Any] = {
        "creator": int(creator),
        "family": family,
        "statistic": statistic,
        **_DEFAULTS,
        **known,
        "version": version,
    }
    row["member_rows"] = [int(r) for r in row["member_rows"]]
    row["checked"] = list(row["checked"])
    if row["member_rows"] and "members" not in known:
        row["members"] = len(row["member_rows"])
    for name in ("value", "p", "q", "share"):
        if row[name] is not None:
            row[name] = float(row[name])
    for name in ("from_at", "to_at", "members"):
        if row[name] is not None:
            row[name] = int(row[name])
    row["fires"] = bool(row["fires"])
    return row


def as_evidence(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows of `evidence_row` as a ledger."""
    return pl.DataFrame(list(rows), schema=EVIDENCE_SCHEMA, orient="row")


def clear_rows(
    creators: NDArray[np.integer] | Iterable[int],
    *,
    family: str,
    statistic: str,
    version: str,
    values: NDArray[np.floating] | Iterable[float] | None = None,
) -> pl.DataFrame:
    """ "Looked and found nothing" for many creators at once, without a Python loop over them.

    values   the statistic of each creator, where it was computed
    """
    numbers = pl.Series("creator", creators, dtype=pl.Int64, strict=False)
    template = evidence_row(creator=0, family=family, statistic=statistic, version=version)
    return pl.DataFrame(
        {"creator": numbers},
    ).select(
        "creator",
        *(
            pl.Series(name, values, dtype=pl.Float64, strict=False)
            if name == "value" and values is not None
            else pl.lit(pl.Series([template[name]], dtype=kind)).first().alias(name)
            for name, kind in EVIDENCE_SCHEMA.items()
            if name != "creator"
        ),
    )


def members_hash(keys: Iterable[int]) -> str:
    """Sixteen hex digits that name a set of members without naming anybody.

    The order of the keys does not matter; the same set gives the same text on every machine.
    """
    import xxhash

    digest = xxhash.xxh3_64()
    for key in sorted(int(k) for k in keys):
        digest.update(key.to_bytes(8, "little", signed=False))
    return digest.hexdigest()


def as_record(row: Mapping[str, Any], *, members: str | None = None, effect: str = "") -> Evidence:
    """One row of the ledger as the record that is shown, stored and judged again.

    members   hash of the members (`members_hash`), where they are known
    effect    what the outcome would be without this row
    """
    return Evidence(
        family=row["family"],
        statistic=row["statistic"],
        value=row["value"],
        p=row["p"],
        q=row["q"],
        from_at=_instant(row["from_at"]),
        to_at=_instant(row["to_at"]),
        members=row["members"],
        members_hash=members,
        share=row["share"],
        fires=row["fires"],
        chart=row["chart"] or None,
        checked=tuple(msgspec.convert(c, Checked) for c in row["checked"]),
        effect=effect,
        version=row["version"],
    )


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def with_explanations(evidence: pl.DataFrame, explanations: pl.DataFrame) -> pl.DataFrame:
    """The ledger with what `crowds.explain` said of the windows of its findings.

    explanations   `row` (position in `evidence`), `alternative`, `outcome`, `detail`, `explains`.
                   Found but explaining less than EXPLAINS_ENOUGH becomes "in part"
    """
    weak = (pl.col("outcome") == "found") & (pl.col("explains") < EXPLAINS_ENOUGH)
    said = (
        explanations.select(
            pl.col("row").cast(pl.UInt32),
            pl.struct(
                pl.col("alternative"),
                pl.when(weak).then(pl.lit("in part")).otherwise("outcome").alias("outcome"),
                pl.col("detail"),
            ).alias("said"),
        )
        .group_by("row", maintain_order=True)
        .agg("said")
    )
    return (
        evidence.with_row_index("row")
        .join(said, on="row", how="left", maintain_order="left")
        .with_columns(
            pl.col("checked").list.concat(
                pl.col("said").fill_null(pl.lit([], EVIDENCE_SCHEMA["checked"]))
            )
        )
        .select(list(EVIDENCE_SCHEMA))
    )


def is_standing() -> pl.Expr:
    """A finding that is unusual and that no other explanation explains, as a column of truth."""
    return pl.col("fires") & ~is_explained()


def is_explained() -> pl.Expr:
    """An alternative that explains this family (EXPLAINED_BY) was found."""
    return pl.any_horizontal(
        (pl.col("family") == family)
        & pl.col("checked")
        .list.eval(
            pl.element().struct.field("alternative").is_in(list(causes))
            & (pl.element().struct.field("outcome") == "found")
        )
        .list.any()
        for family, causes in EXPLAINED_BY.items()
        if causes
    )
