"""Lines of `influencr show` about where the audience is."""

from influencr.cli._audience import audience_lines

ROW = {
    "audience_levels": ["country"] * 7 + ["other", "admin1", "city"],
    "audience_labels": [
        *(f"Land {i}" for i in range(7)),
        "other countries",
        "Tyrol",
        "Inns\x1bbruck",
    ],
    "audience_shares": [0.3, 0.2, 0.1, 0.1, 0.1, 0.05, 0.05, 0.1, 0.12, 0.1],
    "audience_lows": [0.2] * 10,
    "audience_highs": [0.4] * 10,
    "audience_n_sampled": 400,
    "audience_n_known": 100,
    "audience_reason": "100 of all 400 followers known here tell a place",
}


def test_shares_with_bounds_and_who_tells_nothing() -> None:
    lines = list(audience_lines(ROW))
    assert lines[0] == ("audience", "75% tell no place", ROW["audience_reason"])
    assert lines[1] == ("", "30% Land 0", "90 % interval 20% to 40%")
    values = [value for _, value, _ in lines]
    assert "5% Land 5" in values
    assert "5% Land 6" not in values
    assert values[-3:] == ["10% other countries", "at least 12% Tyrol", "at least 10% Inns bruck"]


def test_unknown_has_its_reason_and_a_claim_stands_apart() -> None:
    row = {"audience_codes": [], "audience_reason": "no follower is known one by one"}
    assert list(audience_lines(row)) == [("audience", "unknown", row["audience_reason"])]
    claimed = list(audience_lines({**row, "audience_country_claimed": "AT"}))
    assert claimed[-1][:2] == ("claimed", "AT")
    assert list(audience_lines({})) == []
