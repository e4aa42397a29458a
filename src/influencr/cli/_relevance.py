"""`bench relevance`: the judged queries of a checkout, measured in a process of their own.

The labels and the systems that ours is compared with are no part of the installed package.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from influencr.cli._checkout import checkout_of, run_benchmark
from influencr.errors import UnknownValue, UsageError

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["SETS", "measure_relevance", "show_relevance"]

#: The sets of queries that were judged.
SETS = ("judged", "unseen")

_WANTED = "bench relevance"


def measure_relevance(
    datasets: Path | None,
    *,
    which: str = "judged",
    output: Path | None = None,
    quiet: bool = False,
) -> dict[str, Any]:
    """The figures, as in docs/benchmarks/relevance.json.

    datasets   folder of the data sets that the judged profiles come from
    which      judged, or unseen: the queries that nobody tuned to
    output     folder for relevance.json and relevance.md (relevance-unseen.*); None writes nothing

    Raises UsageError outside of a checkout and where a data set is missing, UnknownValue for
    another set.
    """
    if which not in SETS:
        raise UnknownValue("--set", which, SETS)
    if datasets is None:
        raise UsageError(
            "bench relevance: --datasets FOLDER is needed, the folder of the data sets that the "
            "judged profiles come from.",
            field="--datasets",
        )
    if not datasets.is_dir():
        raise UsageError(f"--datasets: {datasets} is not a folder.", field="--datasets")
    checkout_of("relevance", wanted=_WANTED, holds="the judged queries are")
    words = [str(datasets.resolve()), "--set", which]
    if output is not None:
        words += ["--output", str(output.resolve())]
    if quiet:
        words.append("--quiet")
    found, _ = run_benchmark("benchmarks.relevance", words, wanted=_WANTED, field="--datasets")
    return found


def show_relevance(out: Console, result: dict[str, Any]) -> None:
    """The tables for a person: means by group, then our lead with its interval."""
    from rich.table import Table
    from rich.text import Text

    corpus, labels = result["corpus"], result["labels"]
    gates = ", ".join(f"{n} {word}" for word, n in corpus["left_out"].items()) or "none"
    out.print(
        f"{labels['queries']} judged queries, {corpus['listed']:,} of {corpus['rows']:,} profiles "
        f"(kept out by consent and policy: {gates}; by default exclusions: "
        f"{corpus['hidden_by_default']})"
    )
    for name, group in result["groups"].items():
        out.print()
        out.print(Text(f"{name}: {group['queries']} queries", style="bold"))
        table = Table(box=None, padding=(0, 2, 0, 0))
        table.add_column("")
        for heading in ("nDCG@10", "full", "P@10", "Recall@50", "Judged", "Found none"):
            table.add_column(heading, justify="right")
        for system, told in group["systems"].items():
            condensed, share = told["condensed"], told["judged_share_10"]
            table.add_row(
                system,
                f"{condensed['ndcg_10']:.3f}",
                f"{told['full']['ndcg_10']:.3f}",
                f"{condensed['precision_10']:.3f}",
                f"{condensed['recall_50']:.3f}" if "recall_50" in condensed else "-",
                "-" if share is None else f"{share:.2f}",
                str(told["without_results"]),
            )
        out.print(table)
        for other, told in group["differences"].items():
            found = told["condensed"]["ndcg_10"]
            out.print(
                f"over {other}: nDCG@10 {found['mean']:+.3f} ({found['low']:+.3f} to "
                f"{found['high']:+.3f}), {found['wins']} won, {found['losses']} lost"
            )
    out.print()
    out.print(
        "Unjudged profiles are taken out of the lists, but for the column full, where they count "
        "as not relevant. Recall is of the judged relevant profiles; most were never judged."
    )
