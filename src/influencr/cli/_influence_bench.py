"""`bench influence`: the benchmark of a checkout, measured in a process of its own.

Invented worlds with planted influence, baselines and posts of real accounts are no part of the
installed package.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from influencr.cli._checkout import checkout_of, run_benchmark
from influencr.errors import UsageError

__all__ = ["measure_influence"]

_WANTED = "bench influence"


def measure_influence(
    datasets: Path | None,
    *,
    only: str | None = None,
    quick: bool = False,
    scale: int | None = None,
    seeds: str | None = None,
    output: Path | None = None,
    quiet: bool = False,
) -> dict[str, Any]:
    """The figures of one run, as in docs/benchmarks/influence.json.

    datasets   folder of the data sets; what is missing in it is named and left out
    only       ids with commas between: worlds, posts, saying, scale
    quick      one small world and few draws; for trying, not for the page
    scale      judge a home of so many acts and tell time and memory
    seeds      of the invented worlds, with commas between
    output     folder for influence.json and influence.md; None writes nothing

    Raises UsageError outside of a checkout and for what the benchmark refuses.
    """
    if datasets is not None and not datasets.is_dir():
        raise UsageError(f"--datasets: {datasets} is not a folder.", field="--datasets")
    checkout_of("influence", wanted=_WANTED, holds="the benchmarks of influence are")
    words = [] if datasets is None else [str(datasets.resolve())]
    for option, value in (("--only", only), ("--scale", scale), ("--seeds", seeds)):
        if value is not None:
            words += [option, str(value)]
    if output is not None:
        words += ["--output", str(output.resolve())]
    words += [word for word, on in (("--quick", quick), ("--quiet", quiet)) if on]
    found, _ = run_benchmark("benchmarks.influence", words, wanted=_WANTED)
    return found
