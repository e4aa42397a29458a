"""What the terminal says about whom somebody moves."""

from influencr.cli._influence import influence_lines


def test_what_was_measured_is_told_with_interval_and_parts() -> None:
    row = {
        "influence": 6.0,
        "influence_low": 4.5,
        "influence_high": 8.0,
        "influence_percentile": 92.4,
        "influence_reason": "From 24 posts.",
        "closeness": 0.4,
        "closeness_reason": "60 replies.",
    }
    facts = {
        "influence_parts": [
            {"name": "usual for the size", "factor": 4.0, "sentence": "As others."},
            {"name": "response", "factor": 1.5, "sentence": "More."},
        ],
        "closeness_low": 0.3,
        "closeness_high": 0.5,
        "growth_1m": -3,
        "growth_12m": 1200,
        "growth_reason": "From dated follows.",
    }
    assert list(influence_lines(row, facts)) == [
        (
            "influence",
            "6.00 acts a post (4.50 to 8.00), percentile 92 of its size",
            "From 24 posts.",
        ),
        ("", "    4.00 usual for the size", "As others."),
        ("", "  x 1.50 response", "More."),
        ("closeness", "40% of replies answered in time (30% to 50%)", "60 replies."),
        ("growth", "-3 in 1 mo, +1,200 in 12 mo", "From dated follows."),
    ]


def test_what_was_not_measured_says_why() -> None:
    row = {"influence_reason": "No post.", "closeness_reason": "No reply."}
    assert list(influence_lines(row, {})) == [
        ("influence", "unknown", "No post."),
        ("closeness", "unknown", "No reply."),
    ]
