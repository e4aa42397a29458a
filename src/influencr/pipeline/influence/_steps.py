"""What is done group by group; each step reads and writes files of the run's folder only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from influencr.pipeline.influence._labels import label_bucket
from influencr.pipeline.influence._reduce import reduce_group

__all__ = ["STEPS"]

#: Name -> what is done to one group (`labels`: to one bucket of profiles).
STEPS: dict[str, Callable[[Path, int], None]] = {
    "reduce": reduce_group,
    "labels": label_bucket,
}
