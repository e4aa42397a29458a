"""A fitted follower model: what is in it, how it judges, and the one file that it lies in.

The file is a zip archive of NumPy arrays (`.npz`) that is read with `allow_pickle=False`: reading
runs no code. Its first entry, `model.json`, is a JSON text that says what the file is, which
columns it reads in which order, what a positive label was, on how many rows it was fitted, how
well it did on rows that it had not seen, and where it cuts. The other entries are trees, curves and
weights. No row of a person is in it.
"""

from __future__ import annotations

import json
import os
import zipfile
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from influencr.errors import OtherFormat, UnreadableInput, UsageError
from influencr.vetting.followers import _smooth as smooth
from influencr.vetting.followers._labelled import feature_matrix
from influencr.vetting.followers._members import Views, member_scores

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Arrays = dict[str, NDArray[Any]]

__all__ = ["FORMAT", "LabelModel", "load_model", "save_model"]

FORMAT = "influencr-follower-model"
FORMAT_VERSION = 2
#: Parts of a reason: at most so many, and only those that shift the odds by half.
_REASONS = 4
_TELLING = 0.4
_ROWS = 16_384


class LabelModel(NamedTuple):
    """One fitted model.

    columns   features in order
    about     what the file says of itself: `label, n_positive, n_negative, skipped, cut, cut_f1,
              out_of_fold {auc, se, sp, ...}, version, fitted_on`
    weights   bias, then one weight per member
    """

    columns: tuple[str, ...]
    about: dict[str, Any]
    weights: Floats
    views: Views
    members: dict[str, Arrays]

    def probability(self, x: Floats) -> Floats:
        """(n,) probability of the positive label; columns as in `columns`."""
        z = self.weights[0] + member_scores(self.members, x, self.views) @ self.weights[1:]
        p: Floats = 1 / (1 + np.exp(-z))
        return p

    def score(self, profiles: pl.DataFrame, *, reasons: bool = True) -> pl.DataFrame:
        """As `followers.score`, by this model: `p_bought` and `reasons`, rows in order.

        A row in which every column of the model is missing gets no probability. Raises UsageError
        when the table has none of the columns.
        """
        x = feature_matrix(profiles, self.columns)
        p = np.concatenate(
            [self.probability(x[i : i + _ROWS]) for i in range(0, max(len(x), 1), _ROWS)]
        )
        p[np.isnan(x).all(axis=1)] = np.nan
        told = pl.Series("p_bought", p.astype(np.float32), nan_to_null=True)
        if not reasons:
            return told.to_frame()
        return pl.DataFrame(
            [told, pl.Series("reasons", self._reasons(x), dtype=pl.List(pl.String))]
        )

    def _reasons(self, x: Floats) -> list[list[str]]:
        """The columns that shift the odds most, by the sum of curves alone."""
        wide = self.views.with_quotients(x)
        curves = self.members["curves"]
        # against the usual negative of the fitted labels, not against zero
        parts = smooth.curve_parts(curves, wide) - curves["centre"]
        for i, (a, b) in enumerate(self.views.pairs):  # a quotient speaks for both its columns
            part = parts[:, x.shape[1] + i] / 2
            parts[:, a] += part
            parts[:, b] += part
        parts = parts[:, : x.shape[1]]
        parts[np.isnan(x)] = 0
        order = np.argsort(-np.abs(parts), axis=1)[:, :_REASONS]
        out = []
        for first, values, part in zip(order, x, parts, strict=True):
            if np.isnan(values).all():
                out.append(["none of the model's columns is known"])
                continue
            told = [
                f"{self.columns[j]} = {values[j]:g} ({'for' if part[j] > 0 else 'against'} it)"
                for j in sorted(first, key=(-part).__getitem__)
                if abs(part[j]) >= _TELLING
            ]
            out.append(told or ["nothing in the profile stands out"])
        return out


def save_model(model: LabelModel, path: Path) -> None:
    """Writes the one file; it appears under its name only when everything has been written."""
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise UsageError(
            f"--output: {path} cannot be written; name a file in an existing folder.",
            field="--output",
        )
    head = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "columns": list(model.columns),
        **model.about,
    }
    arrays = {
        "weights": model.weights,
        "pairs": model.views.pairs,
        "small": model.views.small,
    }
    for member, parts in model.members.items():
        arrays |= {f"{member}/{name}": part for name, part in parts.items()}
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("model.json", json.dumps(head, indent=1, ensure_ascii=False))
            for name, array in arrays.items():
                with archive.open(f"{name}.npy", "w") as file:
                    np.lib.format.write_array(file, np.asarray(array), allow_pickle=False)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def load_model(path: Path) -> LabelModel:
    """Reads what `save_model` wrote, without running anything of it.

    Raises UsageError when there is no such file, UnreadableInput when it is no model, OtherFormat
    when it is one of another version.
    """
    if not path.is_file():
        raise UsageError(f"--model: {path} is not a file; check the spelling.", field="--model")
    try:
        with zipfile.ZipFile(path) as archive:
            head = json.loads(archive.read("model.json"))
            arrays = {}
            for name in archive.namelist():
                if name.endswith(".npy"):
                    with archive.open(name) as file:
                        arrays[name.removesuffix(".npy")] = np.lib.format.read_array(
                            file, allow_pickle=False
                        )
        if head["format"] != FORMAT:
            raise KeyError(head["format"])
        if head["format_version"] != FORMAT_VERSION:
            when = "a later" if head["format_version"] > FORMAT_VERSION else "an earlier"
            raise OtherFormat(
                f"{path.name} was written by {when} version of influencr; fit it again."
            )
        members: dict[str, Arrays] = {}
        for name, array in arrays.items():
            member, _, part = name.partition("/")
            if part:
                members.setdefault(member, {})[part] = array
        about = {k: v for k, v in head.items() if k not in ("format", "format_version", "columns")}
        return LabelModel(
            tuple(head["columns"]),
            about,
            arrays["weights"],
            Views(arrays["pairs"], arrays["small"]),
            members,
        )
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError) as error:
        raise UnreadableInput(
            f"{path.name} is no follower model; make one with `influencr followers fit`."
        ) from error
