"""Does the influence score foretell what followers will do, better than simpler numbers do?

`python -m benchmarks.influence [DATASETS]` measures on invented worlds whose truth is known, out
of time: everything up to a day is looked at, the 28 days after it are foretold. Then earlier and
later posts of real accounts, a saying about size, and the time that it takes.
`influencr bench influence` calls it. Results: docs/benchmarks/influence.md.
"""
