"""How often the error that a sketch states holds, against the sets that it was made of."""

from __future__ import annotations

from typing import Any

import numpy as np
from benchmarks.vetting.goals import figure

from influencr.planning.audience import Sketch

_GOAL = 0.95


def run(pairs: int) -> dict[str, Any]:
    draw = np.random.default_rng(9_000)
    held: dict[str, list[bool]] = {"union": [], "shared": [], "one without the other": []}
    errors: dict[str, list[float]] = {name: [] for name in held}
    for _ in range(pairs):
        n, m = (int(np.exp(draw.uniform(np.log(2_000), np.log(60_000)))) for _ in range(2))
        k = int(draw.uniform(0.02, 0.9) * min(n, m))
        pool = draw.integers(0, 2**63, n + m - k, dtype=np.uint64)
        one, other = Sketch.of(pool[:n]), Sketch.of(pool[n - k :])
        for name, told, truth in (
            ("union", one.union(other), n + m - k),
            ("shared", one.shared(other), k),
            ("one without the other", one.without(other), n - k),
        ):
            held[name].append(told.low <= truth <= told.high)
            errors[name].append((told.people - truth) / (n + m - k))
    every = [ok for name in held for ok in held[name]]
    figures = [figure("estimates within their stated error", float(np.mean(every)), goal=_GOAL)]
    for name, values in held.items():
        figures.append(figure(f"{name}: within its stated error", float(np.mean(values))))
        off = float(np.sqrt(np.mean(np.square(errors[name]))))
        figures.append(figure(f"{name}: root mean square error over the union", off))
    return {
        "id": "sketches",
        "title": f"Theta sketches of {pairs} pairs of audiences of 2,000 to 60,000 people",
        "data": "Pairs of invented audiences that share 2 to 90 % of the smaller one.",
        "protocol": (
            "Sketches of 4,096 people (lg_k 12) are joined and compared with the sets "
            "themselves; a bound holds when the truth lies within two standard deviations as "
            "the sketch states them."
        ),
        "figures": figures,
        "notes": [],
    }
