"""How well is it told whose followers look bought, and how often is somebody wrongly suspected?

`python -m benchmarks.vetting [DATASETS]` runs the benchmarks b1 to b11 of the method on labelled
sets and simulations, then the acceptance on whole invented worlds (`worlds`), from import to
verdict. `influencr bench vetting` calls it. Results: docs/benchmarks/vetting.md.

Each module `b<number>_<what>.py` (or `b<number>.py`) has

    run(datasets: Path | None, *, quick: bool) -> dict

with the keys of `goals.KEYS`: `id, title, data, protocol, figures` (made by `goals.figure`) and
`notes`. It raises `goals.MissingData` where a data set is not there: one sentence, and the other
benchmarks go on.
"""
