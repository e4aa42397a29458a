"""Who exchanges attention with whom? Family X of the evidence: follow-back rings and pods.

`mutual` is called per group of creators, `find` once on all of it together, `pods` on who reacted
to whose posts, `evidence` per group again. The label is "reciprocal group", never "bought".
"""

from influencr.vetting.rings._find import ACT_COLUMNS, Mutual, Rings, evidence, find, mutual, pods

__all__ = ["ACT_COLUMNS", "Mutual", "Rings", "evidence", "find", "mutual", "pods"]
