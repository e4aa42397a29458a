"""Fits the shipped scorecard on SRF alone, and measures how often it errs elsewhere.

    python -m benchmarks.vetting.shipped DATASETS            # writes both data files
    python -m benchmarks.vetting.shipped DATASETS --check    # fails where they would differ

srf-2017.json holds fitted parameters (CC BY-SA 4.0, attribution SRF Data); error-rates.json holds
counts and rates that were measured, from which no set can be restored.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.vetting import labelled_sets as sets
from sklearn.model_selection import StratifiedKFold

from influencr.vetting.followers._fields import Fields, read_fields
from influencr.vetting.followers._rates import MIN_LABELS, SPECIFICITY
from influencr.vetting.followers._rules import rule_parts
from influencr.vetting.followers._scorecard import PATTERNS, Scorecard, fit_scorecard
from influencr.vetting.share import calibration as calibration_of

VERSION = "2026-11.1"
DATA = Path("src/influencr/vetting/followers/data")
#: Splits behind the cut; own choice.
ROUNDS = 5


def out_of_fold(fields: Fields, labels: np.ndarray, *, seed: int) -> np.ndarray:
    """Probability of each SRF profile by a scorecard and rules that did not see it."""
    p = np.empty(len(labels))
    folds = StratifiedKFold(10, shuffle=True, random_state=seed)
    for train, test in folds.split(labels, labels):
        seen = Fields(*(f[train] for f in fields))
        held = Fields(*(f[test] for f in fields))
        card = fit_scorecard(seen, labels[train], patterns=PATTERNS[-1:])
        p[test] = judge(card, held)
    return p


def judge(card: Scorecard, fields: Fields) -> np.ndarray:
    """Scorecard and rules together, as `score` does."""
    z, _ = card.parts(fields)
    for part in rule_parts(fields).values():
        z = z + part
    return 1 / (1 + np.exp(-z))


def chosen_cut(p: np.ndarray, labels: np.ndarray) -> float:
    """The lowest probability, in thousandths, at which SPECIFICITY of the genuine stay below."""
    genuine = np.sort(p[labels == 0])
    needed = int(np.ceil(SPECIFICITY * len(genuine)))
    return float(np.ceil(1000 * np.nextafter(genuine[needed - 1], 1)) / 1000)


def documents(datasets: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both data files."""
    labelled = sets.srf(datasets)
    fields = read_fields(labelled.profiles)
    labels = labelled.labels.astype(np.float64)
    card = fit_scorecard(fields, labels)
    held = [out_of_fold(fields, labels, seed=seed) for seed in range(ROUNDS)]
    cut = chosen_cut(np.concatenate(held), np.tile(labels, ROUNDS))
    model = {
        "name": "follower-scorecard",
        "version": VERSION,
        "licence": "CC BY-SA 4.0, https://creativecommons.org/licenses/by-sa/4.0/",
        "attribution": "SRF Data",
        "fitted_on": {
            "name": "SRF Data 2017, Instagram, labelled by hand",
            "source": "srfdata/2017-10-instagram-influencers, 70 % sample",
            "n_bought": int(labels.sum()),
            "n_genuine": int((1 - labels).sum()),
        },
        "patterns": card.to_document(),
    }
    shipped = Scorecard.from_document(model)
    return model, {
        "version": VERSION,
        "cut": cut,
        "rates": _rates(datasets, shipped, cut),
        "fitted_set": _own(np.mean(held, axis=0), labels, cut),
    }


def _own(p: np.ndarray, labels: np.ndarray, cut: float) -> dict[str, Any]:
    """What the fitted set itself says, out of fold; labels by eye, so no evidence of purchase."""
    return {
        "calibration": "SRF Data 2017, out of fold (labelled by hand from the same fields)",
        "se": round(float((p[labels == 1] >= cut).mean()), 4),
        "sp": round(float((p[labels == 0] < cut).mean()), 4),
        "n_se": int(labels.sum()),
        "n_sp": int((1 - labels).sum()),
    }


def _rates(datasets: Path, card: Scorecard, cut: float) -> list[dict[str, Any]]:
    bought = sets.purba_profiles(datasets)
    p = judge(card, read_fields(bought.profiles))
    rows = [
        _row(
            "instagram",
            None,
            p[bought.labels == 1],
            p[bought.labels == 0],
            cut,
            "Purba et al. 2020",
        ),
    ]
    old, new = sets.cresci_2015(datasets), sets.cresci_2017(datasets)
    p_old, p_new = (judge(card, read_fields(s.profiles)) for s in (old, new))
    int_ = p_old[old.labels == 1]
    genuine = np.concatenate([p_old[old.labels == 0], p_new[new.labels == 0]])
    name = "Cresci et al. 2015 (INT, E13) and 2017 (genuine)"
    rows.append(_row("twitter", None, int_, genuine, cut, name))
    languages = np.concatenate(
        [old.languages.to_numpy()[old.labels == 0], new.languages.to_numpy()[new.labels == 0]]
    )
    for language in sorted({str(x) for x in languages if x is not None}):
        here = genuine[languages == language]
        if len(here) >= MIN_LABELS:
            rows.append(_row("twitter", language, int_, here, cut, name))
    return rows


def _row(
    platform: str,
    language: str | None,
    bought: np.ndarray,
    genuine: np.ndarray,
    cut: float,
    calibration: str,
) -> dict[str, Any]:
    of = f" in '{language}'" if language else ", languages not told apart"
    return {
        "platform": platform,
        "language": language,
        "se": round(float((bought >= cut).mean()), 4),
        "sp": round(float((genuine < cut).mean()), 4),
        "n_se": len(bought),
        "n_sp": len(genuine),
        "mean_bought": round(float(bought.mean()), 4),
        "mean_genuine": round(float(genuine.mean()), 4),
        "scores": _by_bin(bought, genuine),
        "calibration": calibration,
        "reason": f"Measured on {len(bought):,} bought and {len(genuine):,} genuine profiles"
        f"{of}: {calibration}.",
    }


def _by_bin(bought: np.ndarray, genuine: np.ndarray) -> dict[str, list[float] | list[int]]:
    """How many labelled profiles of each class lie in each bin of the probability."""
    told = calibration_of(bought, genuine, name="", version=VERSION)
    return {
        "edges": [round(float(edge), 6) for edge in told.edges],
        "bought": told.bought.tolist(),
        "genuine": told.genuine.tolist(),
    }


def main() -> int:
    words = sys.argv[1:]
    check = "--check" in words
    datasets = Path(next(word for word in words if not word.startswith("--")))
    stale = 0
    for name, document in zip(
        ("srf-2017.json", "error-rates.json"), documents(datasets), strict=True
    ):
        text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
        file = DATA / name
        if check:
            stale += not file.is_file() or file.read_text(encoding="utf-8") != text
        else:
            DATA.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
    if stale:
        print("The shipped follower model is not what the sets give.", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
