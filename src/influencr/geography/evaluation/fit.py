"""Fits how sure a reading is, and writes `geography/location/calibration.toml`.

    python -m influencr.geography.evaluation.fit --datasets FOLDER [--output FILE] [--report FILE]

From geo-profile-locations/dev.csv, the one labelled set whose coefficients may be shipped; of its
strings nothing is written. `country` is P(country right), `city` is P(within 40 km) for answers at
city level whose country is right. See `_crossval` for how the way is chosen.

The set counts as seen: rules were mended with its error classes in mind, so errors are rarer on it
than elsewhere. FIRST_RUN, the share of wrong answers before anybody had read one (6 of 255,
docs/algorithms/geography.md), is therefore the share that the fit expects.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from influencr.errors import InfluencrError, UsageError
from influencr.geography.evaluation import _crossval as cv
from influencr.geography.evaluation import _sets as sets
from influencr.geography.evaluation._scoring import kilometres
from influencr.geography.gazetteer._format import PlaceKind
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._reader import Gazetteer
from influencr.geography.location._confidence import FEATURES
from influencr.geography.location._resolve import Resolution, resolve

__all__ = ["FIRST_RUN", "fit_all", "main"]

#: Wrong answers of all answers in the first run on this set.
FIRST_RUN = 6 / 255
_NEAR_KM = 40.0
_OUTPUT = Path(__file__).resolve().parent.parent / "location" / "calibration.toml"
_METHOD = (
    "Logistic regression by Newton's method, shrunk towards the hand-made table (weight 1 on its "
    "logit, 0 elsewhere); the penalty by inner cross-validation."
)


def main(words: list[str] | None = None) -> int:
    """Fit, write, and say what was found; 2 when the set is not there."""
    parser = argparse.ArgumentParser(prog="fit", description="Fit location/calibration.toml.")
    parser.add_argument("--datasets", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--output", type=Path, default=_OUTPUT, metavar="FILE")
    parser.add_argument("--report", type=Path, metavar="FILE", help="figures as JSON")
    parser.add_argument("--repeats", type=int, default=cv.REPEATS, metavar="N")
    chosen = parser.parse_args(words)
    try:
        found = fit_all(chosen.datasets, repeats=chosen.repeats, say=_note)
    except InfluencrError as error:
        _note(str(error))
        return 2
    chosen.output.write_text(toml(found), encoding="utf-8")
    if chosen.report:
        text = json.dumps(found["country"] | {"city": found["city"]}, indent=1) + "\n"
        chosen.report.write_text(text, encoding="utf-8")
    for target in ("country", "city"):
        _say_results(target, found[target])
    _note(f"written: {chosen.output}")
    return 0


def fit_all(
    datasets: Path,
    *,
    repeats: int = cv.REPEATS,
    gazetteer: Gazetteer | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """`{country: ..., city: ...}`: the chosen weights, their provenance, and the cross-validated
    figures of every way. Raises MissingSet without dev.csv, UsageError when too few answers have
    features."""
    gold = sets.locations(datasets)
    country, city, n_located = examples(gold.rows, gazetteer or Gazetteer.load())
    provenance = {
        "set": str(sets.LOCATIONS),
        "checksum": next(iter(gold.checksums.values())),
        "fitted_on": datetime.now(UTC).date().isoformat(),
        "features": list(FEATURES),
    }
    told = {}
    for name, data in (("country", country), ("city", city)):
        say(f"{name}: {len(data.y)} answers, {int((data.y == 0).sum())} wrong")
        told[name] = provenance | _one(data, n_located, repeats, say)
    return told


def examples(rows: list[sets.Row], gazetteer: Gazetteer) -> tuple[cv.Data, cv.Data, int]:
    """Features and outcomes: of every answer, and of answers at city level in the right country.

    Each string is read without hints and, where its account has a time zone, once more with it;
    both belong to one group, as do strings that differ only in spelling.
    """
    # Each example: features, right, group.
    country: list[tuple[tuple[float, ...], bool, int]] = []
    city: list[tuple[tuple[float, ...], bool, int]] = []
    groups: dict[str, int] = {}
    for row in rows:
        group = groups.setdefault(name_key(row.text) or row.key, len(groups))
        for found in _readings(row, gazetteer):
            if found.row is None or len(found.features) != len(FEATURES):
                continue  # coordinates and flags have a confidence of their own
            right = row.is_located and gazetteer.country(found.row) == row.country
            country.append((found.features, right, group))
            if right and row.lat is not None and row.lon is not None:
                if gazetteer.kinds[found.row] != PlaceKind.CITY:
                    continue
                lat, lon = gazetteer.lats[found.row], gazetteer.lons[found.row]
                near = kilometres(row.lat, row.lon, lat, lon) <= _NEAR_KM
                city.append((found.features, near, group))
    return (
        _data(country, FIRST_RUN),
        _data(city, None),
        sum(row.is_located for row in rows),
    )


def _readings(row: sets.Row, gazetteer: Gazetteer) -> list[Resolution]:
    plain = resolve(row.text, gazetteer)
    if not row.time_zone:
        return [plain]
    from influencr.geography.hints import prior

    hinted = resolve(row.text, gazetteer, prior=prior(time_zone=row.time_zone))
    return [plain, hinted] if hinted.features != plain.features else [plain]


def _data(found: list[tuple[tuple[float, ...], bool, int]], share: float | None) -> cv.Data:
    if len(found) < 5 * cv.FOLDS:
        raise UsageError(f"Only {len(found)} answers have features: too few to fit anything.")
    return cv.Data(
        np.array([features for features, _, _ in found], dtype=np.float64),
        np.array([right for _, right, _ in found], dtype=np.float64),
        np.array([group for _, _, group in found], dtype=np.int64),
        share,
    )


def _one(data: cv.Data, n_located: int, repeats: int, say: Callable[[str], None]) -> dict[str, Any]:
    held_out = cv.cross_validate(data, repeats=repeats, say=say)
    results = {way: cv.summary(p, data, n_located) for way, p in held_out.items()}
    chosen = cv.WAYS[0]
    notes = []
    for way in cv.WAYS[1:]:
        gain, error = cv.standard_error(held_out[way], held_out[chosen], data)
        better = gain > 2 * error
        notes.append(
            f"{way}: log loss {-gain:+.4f} against {chosen}, standard error {error:.4f}: "
            f"{'taken' if better else 'not taken'}."
        )
        # Isotonic steps are no coefficients; they would have to be far better to be worth a table.
        if better and way != cv.WAYS[-1]:
            chosen = way
    rng = np.random.default_rng(0)
    penalty = cv.best_penalty(data, chosen, rng)
    model = cv.fitted(data, chosen, penalty)
    return {
        "rows": len(data.y),
        "groups": len(np.unique(data.group)),
        "wrong": int((data.y == 0).sum()),
        "expected_wrong": data.error_share,
        "method": _METHOD,
        "protocol": (
            f"{cv.FOLDS} folds, {repeats} times, a string always on one side; intervals by "
            "bootstrap over strings."
        ),
        "chosen": chosen,
        "penalty": penalty,
        "intercept": model.intercept,
        "weights": dict(zip(FEATURES, model.weights.tolist(), strict=True)),
        "mean": dict(zip(FEATURES, model.mean.tolist(), strict=True)),
        "spread": dict(zip(FEATURES, model.spread.tolist(), strict=True)),
        "columns": ["ece_mass", "ece_width", "brier", "log_loss", "precision_at_recall"],
        "results": results,
        "notes": notes,
    }


def toml(found: dict[str, Any]) -> str:
    """calibration.toml: coefficients on features as they come, and where they are from."""
    first = found["country"]
    lines = [
        "# Written by `python -m influencr.geography.evaluation.fit`: do not edit.",
        "# Coefficients only: logit P = intercept + sum(weight * feature), features as they come.",
        "",
        "[provenance]",
        f'set = "{first["set"]}"',
        f'sha256 = "{first["checksum"]}"',
        f'fitted_on = "{first["fitted_on"]}"',
        f'method = "{first["method"]}"',
        f"features = {json.dumps(first['features'])}",
        f'features_sha256 = "{hashlib.sha256(json.dumps(first["features"]).encode()).hexdigest()}"',
    ]
    for target in ("country", "city"):
        one = found[target]
        ece, brier = (
            one["results"][one["chosen"]]["ece_mass"],
            one["results"][one["chosen"]]["brier"],
        )
        lines += [
            "",
            f"[{target}]",
            f"rows = {one['rows']}",
            f"wrong = {one['wrong']}",
            f'way = "{one["chosen"]}"',
            f"penalty = {one['penalty']}",
            f"cross_validated_ece = {ece['mean']:.4f}",
            f"cross_validated_brier = {brier['mean']:.4f}",
            f"intercept = {one['intercept']:.6f}",
        ]
        for table in ("weights", "mean", "spread"):
            lines += ["", f"[{target}.{table}]"]
            lines += [f"{name} = {value:.6f}" for name, value in one[table].items()]
    return "\n".join(lines) + "\n"


def _say_results(target: str, one: dict[str, Any]) -> None:
    _note(f"{target}: {one['chosen']}, penalty {one['penalty']:g}")
    for way, figures in one["results"].items():
        told = ", ".join(
            f"{name.replace('_', ' ')} {v['mean']:.3f} ({v['low']:.3f}-{v['high']:.3f})"
            for name, v in figures.items()
        )
        _note(f"  {way}: {told}")
    for words in one["notes"]:
        _note(f"  {words}")


def _note(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


if __name__ == "__main__":
    sys.exit(main())
