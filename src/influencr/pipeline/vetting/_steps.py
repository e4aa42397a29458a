"""What is done group by group; each step reads and writes files of the run's folder only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from influencr.pipeline.vetting._accounts import write_accounts
from influencr.pipeline.vetting._activity import look_at_activity
from influencr.pipeline.vetting._conclude import explain_group
from influencr.pipeline.vetting._cut import cut_by_creator
from influencr.pipeline.vetting._look import assemble_group, look, look_for_groups

__all__ = ["STEPS"]


def _read_bucket(work: Path, bucket: int) -> None:
    write_accounts(work, bucket)
    look_at_activity(work, bucket)


#: Name -> what is done to one group.
STEPS: dict[str, Callable[[Path, int], None]] = {
    "accounts": _read_bucket,
    "causes": cut_by_creator,
    "audiences": assemble_group,
    "look": look,
    "groups": look_for_groups,
    "explain": explain_group,
}
