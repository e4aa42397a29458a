"""The label of a creator, where the source permits one; what the account says itself elsewhere.

A label is a conclusion about somebody, so the policy SCORE decides. That an account is automated or
a group, in its own words, is what the profile says and stays.
"""

from __future__ import annotations

import polars as pl

from influencr.influence import labels
from influencr.records import Policy

__all__ = ["labelled"]

_SAID = {
    "is_bot": ("bot", "Says itself that it is automated."),
    "is_group": ("group", "Says itself that it is a group."),
}
_NOT_PERMITTED = "The source's terms allow no more than what the account says of itself."


def labelled(profiles: pl.DataFrame, context: labels.Context | None = None) -> pl.DataFrame:
    """profile_id and the columns of `labels.judge`, one row per row of `profiles`, in order.

    profiles   columns of records.Profile
    """
    judged = labels.judge(profiles, context)
    allowed = (profiles["policy"] & int(Policy.SCORE)) != 0
    if allowed.all():
        return judged
    label, reason = pl.lit("unknown"), pl.lit(_NOT_PERMITTED)
    for column, (word, sentence) in reversed(_SAID.items()):
        declared = pl.col(column).fill_null(value=False)
        label = pl.when(declared).then(pl.lit(word)).otherwise(label)
        reason = pl.when(declared).then(pl.lit(sentence)).otherwise(reason)
    said = profiles.select(_label=label, _reason=reason)
    return (
        judged.hstack(said)
        .with_columns(allowed.alias("_allowed"))
        .with_columns(
            pl.when("_allowed").then("label").otherwise("_label").alias("label"),
            pl.when("_allowed").then("label_reason").otherwise("_reason").alias("label_reason"),
            *(
                pl.when("_allowed").then(name).alias(name)
                for name in ("label_p", "label_p_celebrity")
            ),
            pl.when("_allowed")
            .then("label_reasons")
            .otherwise(pl.lit([], dtype=labels.reasons_dtype()))
            .alias("label_reasons"),
        )
        .select(judged.columns)
    )
