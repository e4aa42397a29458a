"""What are the nouns? The records that every floor speaks in; no I/O, no judgement.

Observed records (one dated observation each, stored by the catalogue): Profile, Post, Follow,
Engagement, PackMember, Removal. Judged records (made from the observed ones): Place, Activity,
EngagementRate, Topic.
"""

from influencr.records._columns import Column, columns, key_of
from influencr.records._identity import (
    PLATFORMS,
    canonical_handle,
    native_of,
    platform_of,
    profile_id,
)
from influencr.records._judged import Activity, EngagementRate, Place, Topic
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
    "Column",
    "Engagement",
    "EngagementRate",
    "Follow",
    "PackMember",
    "Place",
    "Policy",
    "Post",
    "Profile",
    "Removal",
    "Topic",
    "canonical_handle",
    "columns",
    "key_of",
    "native_of",
    "platform_of",
    "profile_id",
]
