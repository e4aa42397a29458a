"""All that names one person: what somebody may ask to see is what an erasure would take."""


def test_every_row_on_either_side_and_every_observation(catalogue, rows):
    catalogue.append(
        "profiles",
        rows(
            [
                {"profile_id": "tiktok:1", "platform": "tiktok", "handle": "ana"},
                {"profile_id": "tiktok:2", "platform": "tiktok", "handle": "ben"},
            ]
        ),
    )
    later = [{"profile_id": "tiktok:1", "platform": "tiktok", "handle": "ana", "followers": 9}]
    catalogue.append("profiles", rows(later, day=2))
    catalogue.append(
        "follows",
        rows(
            [
                {"follower_id": "tiktok:1", "followed_id": "tiktok:2"},
                {"follower_id": "tiktok:2", "followed_id": "tiktok:1"},
                {"follower_id": "tiktok:2", "followed_id": "tiktok:3"},
            ]
        ),
    )
    catalogue.append("posts", rows([{"post_id": "p1", "profile_id": "tiktok:1", "text": "hi"}]))
    for reference in ("tiktok:1", "tiktok:@ana", "TikTok:@Ana"):
        found = catalogue.about(reference)
        assert [len(found[t]) for t in ("profiles", "follows", "posts", "packs")] == [2, 2, 1, 0]
        assert found["profiles"]["followers"].to_list() == [None, 9]
        assert "content_hash" not in found["profiles"].columns
    assert catalogue.about("tiktok:@nobody")["profiles"].is_empty()
    erased = catalogue.erase(["tiktok:1"], reason="opt_out")
    assert erased.rows == {"profiles": 2, "follows": 2, "posts": 1, "engagements": 0, "packs": 0}
    assert all(rows.is_empty() for rows in catalogue.about("tiktok:1").values())
