"""`bench relevance`: the judged queries of a checkout, measured in a process of their own.

The labels and the systems that ours is compared with are no part of the installed package.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from influencr.errors import Terminal, UsageError

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["measure_relevance", "show_relevance"]

#: Where this package lies in a checkout: src/influencr/cli.
_CHECKOUT = Path(__file__).resolve().parents[3]


def measure_relevance(
    datasets: Path | None, *, output: Path | None = None, quiet: bool = False
) -> dict[str, Any]:
    """The figures, as in docs/benchmarks/relevance.json.

    datasets   folder of the data sets that the judged profiles come from
    output     folder for relevance.json and relevance.md; None writes nothing

    Raises UsageError outside of a checkout and where a data set is missing.
    """
    if datasets is None:
        raise UsageError(
            "bench relevance: --datasets FOLDER is needed, the folder of the data sets that the "
            "judged profiles come from.",
            field="--datasets",
        )
    if not datasets.is_dir():
        raise UsageError(f"--datasets: {datasets} is not a folder.", field="--datasets")
    if not (_CHECKOUT / "benchmarks" / "relevance").is_dir():
        raise UsageError(
            "bench relevance: the judged queries are in a checkout of the project and not in the "
            "installed package; run it there."
        )
    words = [sys.executable, "-m", "benchmarks.relevance", str(datasets.resolve())]
    if output is not None:
        words += ["--output", str(output.resolve())]
    if quiet:
        words.append("--quiet")
    # The same package is measured that was asked, whatever else is installed.
    paths = [str(_CHECKOUT / "src"), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    done = subprocess.run(
        words, stdout=subprocess.PIPE, encoding="utf-8", cwd=_CHECKOUT, env=environment, check=False
    )
    if done.returncode == 2 and done.stdout:
        raise UsageError(json.loads(done.stdout)["error"], field="--datasets")
    if done.returncode:
        raise Terminal(
            f"bench relevance: the measurement ended with code {done.returncode}; what it said "
            "stands above."
        )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


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
