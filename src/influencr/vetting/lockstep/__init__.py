"""Do the same accounts arrive together at many creators? Family G of the evidence.

`candidates` is called per group of creators, `blocks` once on all candidates together, `evidence`
per group again. See docs/algorithms/lockstep.md.
"""

from influencr.vetting.lockstep._blocks import Blocks, blocks
from influencr.vetting.lockstep._candidates import Candidates, candidates
from influencr.vetting.lockstep._evidence import evidence
from influencr.vetting.lockstep._peel import densest

__all__ = ["Blocks", "Candidates", "blocks", "candidates", "densest", "evidence"]
