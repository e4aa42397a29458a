"""Named tuples of arrays and numbers on disk, for the step or the process that comes next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["keep", "kept"]


def keep(file: Path, values: Any) -> None:
    """Write a named tuple of arrays and numbers (NumPy's own format, nothing that runs)."""
    with file.open("wb") as out:
        np.savez(out, **values._asdict())


def kept[Kind](file: Path, kind: type[Kind]) -> Kind:
    """What `keep` wrote; numbers come back as numbers."""
    with np.load(file, allow_pickle=False) as found:
        return kind(**{name: a if (a := found[name]).ndim else a.item() for name in found.files})
