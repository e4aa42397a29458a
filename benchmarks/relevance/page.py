"""The figures as a page for people: docs/benchmarks/relevance.md."""

from __future__ import annotations

from typing import Any

from benchmarks.relevance.choices import told as told_choices
from benchmarks.relevance.systems import OURS

__all__ = ["GOALS", "page"]

#: (baseline, figure, wanted lead): what search has to reach over plain stemmed BM25.
GOALS = (
    ("sqlite porter", "ndcg_10", 0.15),
    ("sqlite porter", "recall_50", 0.20),
    ("tantivy en_stem", "ndcg_10", 0.15),
    ("tantivy en_stem", "recall_50", 0.20),
)

_WORDS = {"ndcg_10": "nDCG@10", "recall_50": "recall@50", "precision_10": "precision@10"}
#: Queries that are named as lost; enough to see a pattern.
_LOST = 10
#: Set -> the stem of its files, how its pool was made, how much of what is relevant was judged.
_SETS = {
    "judged": (
        "relevance",
        "The pool was made from the best of SQLite and tantivy, from wide expressions and, later, "
        "from what our own search put among its first twenty and nobody had judged. Full lists "
        "favour those three, condensed lists whoever finds what nobody judged: read both.",
        "By the samples about two in three relevant profiles were never judged, so it",
    ),
    "unseen": (
        "relevance-unseen",
        "The pool was made from the best of SQLite and of tantivy en_stem, from wide expressions "
        "and from the first twenty of our own search. Full lists favour those three, condensed "
        "lists whoever finds what nobody judged: read both. 26 of the queries are foreign, "
        "misspelt, hashtags, joined or plural, for which plain BM25 finds little; for the plain "
        "English ones the lead is smaller, as the README of the labels says.",
        "By the samples about one in three relevant profiles was never judged, so it",
    ),
}


def page(result: dict[str, Any]) -> str:
    """The whole page, from what stands in relevance.json."""
    corpus, labels, here = result["corpus"], result["labels"], result["machine"]
    everybody = result["groups"]["all"]
    which = result.get("set", "judged")
    stem, pool, unjudged = _SETS[which]
    gates = ", ".join(f"{n} {word}" for word, n in corpus["left_out"].items()) or "none"
    lines = [
        "# Relevance, measured" + (" on queries that nobody tuned to" if which == "unseen" else ""),
        "",
        "<!-- Written by `make bench NAME=relevance`: do not edit. -->",
        "",
        f"influencr {result['version']}, measured on {result['measured_on']}: {here['cores']} "
        f"cores of {here['processor']}, Python {here['python']}. {labels['queries']} judged "
        f"queries over {corpus['rows']:,} profiles, {labels['pairs']:,} judged pairs, "
        f"{labels['relevant']:,} of them relevant (grade 2 or 3). Queries, pools, judges and their "
        "weaknesses: [benchmarks/gold](../../benchmarks/gold/README.md), section Relevance. "
        f"Every figure, by query too: [{stem}.json]({stem}.json).",
        "",
        *_first(result),
        *(f"- `{name}`: {what}." for name, what in result["systems"].items()),
        "",
        "Everybody is given name and text of a profile, nothing else, and the query as typed. "
        "There are no posts, dates or counts in these texts, so activity and engagement are "
        "unknown for all and weigh the same: our order here is by words and topics alone. Of equal "
        f"scores: {_luck(result['ties'])}",
        "",
        f"Kept out of every search by consent and policy: {gates}. They are taken out for "
        f"everybody, with {labels['pairs_left_out']} judged pairs, {labels['relevant_left_out']} "
        "of them relevant. What a search leaves out by default (brands, celebrities, bots; "
        f"{corpus['hidden_by_default']} here) is asked for too: judges were asked for the topic "
        "alone. Judged pairs without a profile: "
        f"{labels['pairs_not_in_corpus']}. Queries of which words were taken as a "
        f"place: {len(labels['words_taken_as_place'])}.",
        "",
        "## How to read it",
        "",
        "- **Condensed**: unjudged profiles are taken out of each list first. **Full**: they count "
        f"as not relevant. {pool}",
        f"- **Recall** is of the judged relevant profiles only. {unjudged} "
        "compares systems and says nothing about the "
        f"world. At most {everybody['recall_50_at_most']:.3f} can be reached: some queries have "
        "more than 50.",
        "- nDCG: gain 2^grade - 1, discount log2(rank + 1). Relevant is grade 2 or 3; the JSON has "
        "grade 3 alone too. Intervals are 95 %, a paired bootstrap over queries.",
        "",
        "## Goals",
        "",
        "| over plain stemmed BM25, all queries, condensed | wanted | found | reached |",
        "| --- | --- | --- | --- |",
    ]
    for other, figure, wanted in GOALS:
        found = everybody["differences"][other]["condensed"][figure]
        reached = "yes" if found["mean"] >= wanted else "**no**"
        lines.append(
            f"| {_WORDS[figure]}, over {other} | >= +{wanted:.2f} | {_lead(found)} | {reached} |"
        )
    for name, group in result["groups"].items():
        lines += ["", f"## {name[0].upper()}{name[1:]}: {group['queries']} queries", ""]
        lines += _table(group)
    if result.get("choices") is not None:
        lines += told_choices(result["choices"])
    return "\n".join([*lines, *_lost(result), *_given(result)]) + "\n"


def _first(result: dict[str, Any]) -> list[str]:
    """Of the unseen set: whether this is the first run over it, and what the first one found."""
    first = result.get("first_run")
    if first is None:
        return []
    at = f"commit `{first['commit']}`, version {first['version']}, {first['measured_on']}"
    if first["is_this"]:
        told = f"This is the first run of our search over this set ({at})."
    else:
        leads = ", ".join(
            f"{_lead(views['condensed']['ndcg_10'])} over {other}"
            for other, views in first["differences"].items()
        )
        told = (
            f"This is **not** the first run over this set. The first ({at}) had nDCG@10 "
            f"{first['ours']['condensed']['ndcg_10']:.3f}, condensed: {leads}. Only that one is "
            "sure not to have been fitted to these queries."
        )
    return [told, ""]


def _table(group: dict[str, Any]) -> list[str]:
    lines = [
        "| | nDCG@10 | precision@10 | recall@50 | full: nDCG@10 | precision@10 | recall@50 "
        "| first ten judged | results | found nothing |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, told in group["systems"].items():
        cells = [
            f"{told[view].get(figure, float('nan')):.3f}"
            for view in ("condensed", "full")
            for figure in ("ndcg_10", "precision_10", "recall_50")
        ]
        share = told["judged_share_10"]
        cells.append("-" if share is None else f"{share:.3f}")
        cells += [f"{told['results']:,.0f}", str(told["without_results"])]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    lines += ["", "| influencr over | nDCG@10 | wins, losses, ties | recall@50 | full: nDCG@10 |"]
    lines.append("| --- | --- | --- | --- | --- |")
    for other, told in group["differences"].items():
        condensed = told["condensed"]
        ours = condensed["ndcg_10"]
        counts = f"{ours['wins']}, {ours['losses']}, {ours['ties']}"
        recall = _lead(condensed["recall_50"]) if "recall_50" in condensed else "-"
        full = _lead(told["full"]["ndcg_10"])
        lines.append(f"| {other} | {_lead(ours)} | {counts} | {recall} | {full} |")
    return lines


def _luck(ties: dict[str, Any]) -> str:
    condensed, full = ties["ndcg_10"]["condensed"], ties["ndcg_10"]["full"]
    return (
        f"the first ten have {ties['scores_in_first_ten']:.1f} different scores, and "
        f"{ties['tied_with_tenth']:.0f} profiles have that of the tenth. They stand in a fixed "
        f"shuffle; over {ties['shuffles']} others nDCG@10 is {condensed['mean']:.3f} on average "
        f"(standard deviation {condensed['sd']:.3f}; full: {full['mean']:.3f}, {full['sd']:.3f})."
    )


def _lead(found: dict[str, float]) -> str:
    return f"{found['mean']:+.3f} ({found['low']:+.3f} to {found['high']:+.3f})"


def _lost(result: dict[str, Any]) -> list[str]:
    """Where a baseline is furthest ahead, and what we find nothing for."""

    def lead(asked: dict[str, Any], view: str = "condensed") -> float:
        told = asked["systems"]
        ours: float = told[OURS][view]["ndcg_10"]
        theirs: list[float] = [t[view]["ndcg_10"] for name, t in told.items() if name != OURS]
        return ours - max(theirs)

    if result.get("set") == "unseen":
        behind = sum(lead(a) < 0 for a in result["queries"])
        nothing_found = sum(not a["systems"][OURS]["results"] for a in result["queries"])
        return [
            "",
            "## Where it falls short",
            "",
            f"- Behind the best baseline (nDCG@10, condensed): {behind} of "
            f"{len(result['queries'])} queries. Nothing found at all: {nothing_found}. Which ones "
            "is not written here, so that nobody mends them by name.",
        ]
    furthest = sorted(result["queries"], key=lead)[:_LOST]
    lost = [f"{a['query']} ({lead(a):+.2f})" for a in furthest if lead(a) < 0]
    nothing = [a["query"] for a in result["queries"] if not a["systems"][OURS]["results"]]
    return [
        "",
        "## Where it falls short",
        "",
        f"- Furthest behind the best baseline (nDCG@10, condensed): {', '.join(lost) or 'none'}.",
        f"- Nothing found at all: {', '.join(nothing) or 'none'}.",
    ]


def _given(result: dict[str, Any]) -> list[str]:
    """What was read, so that somebody else can tell whether they measure the same."""
    which = result.get("set", "judged")
    chosen = "" if which == "judged" else f" --set {which}"
    sums = {**result["labels"]["sha256"], "corpus": result["corpus"]["sha256"]}
    return [
        "",
        "## What it was measured on",
        "",
        *(f"- {name}: SHA-256 `{digest[:16]}...`" for name, digest in sums.items()),
        "",
        "```",
        f"influencr bench relevance{chosen} --datasets FOLDER --output docs/benchmarks",
        "```",
    ]
