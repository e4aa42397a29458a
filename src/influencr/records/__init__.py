"""What are the nouns? The records that every floor speaks in; no I/O, no judgement.

Observed records (one dated observation each, stored by the catalogue): Profile, Post, Follow,
Engagement, PackMember, Removal. Judged records (made from the observed ones): Place, Activity,
EngagementRate, Topic, BoughtShare, Checked, Evidence, Verdict.
"""

from influencr.records._columns import Column, columns, key_of
from influencr.records._identity import (
    PLATFORMS,
    canonical_handle,
    native_of,
    platform_of,
    profile_id,
)
from influencr.records._judged import (
    Activity,
    BoughtShare,
    Checked,
    EngagementRate,
    Evidence,
    Place,
    Topic,
    Verdict,
)
from influencr.records._observed import (
    OBSERVED,
    Engagement,
    Follow,
    PackMember,
    Policy,
    Post,
    Profile,
    Removal,
)

__all__ = [
    "OBSERVED",
    "PLATFORMS",
    "Activity",
    "BoughtShare",
    "Checked",
    "Column",
    "Engagement",
    "EngagementRate",
    "Evidence",
    "Follow",
    "PackMember",
    "Place",
    "Policy",
    "Post",
    "Profile",
    "Removal",
    "Topic",
    "Verdict",
    "canonical_handle",
    "columns",
    "key_of",
    "native_of",
    "platform_of",
    "profile_id",
]
