"""What services say about their limits, in every form that is in use."""

import pytest

from influencr.sources.http import Reading, read_limits

NOW = 1_790_000_000.0


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ({}, Reading()),
        # Bluesky: unix seconds
        (
            {
                "ratelimit-limit": "3000",
                "ratelimit-remaining": "2999",
                "ratelimit-reset": "1790000300",
                "ratelimit-policy": "3000;w=300",
            },
            Reading(2999, NOW + 300),
        ),
        # IETF drafts 3 to 6: seconds from now
        ({"ratelimit-remaining": "5", "ratelimit-reset": "30"}, Reading(5, NOW + 30)),
        # later drafts: one structured field
        ({"ratelimit": '"default";r=50;t=30'}, Reading(50, NOW + 30)),
        ({"ratelimit": "limit=100, remaining=4, reset=9"}, Reading(4, NOW + 9)),
        ({"ratelimit": '"default";r=0'}, Reading(0)),
        # Mastodon: ISO 8601
        (
            {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-09-21T14:15:00.123456Z"},
            Reading(0, NOW + 100.123456),
        ),
        (
            {"x-ratelimit-remaining": "1", "x-ratelimit-reset": "1790000060000"},
            Reading(1, NOW + 60),
        ),
        ({"retry-after": "120"}, Reading(retry_at=NOW + 120)),
        ({"retry-after": "Mon, 21 Sep 2026 14:14:20 GMT"}, Reading(retry_at=NOW + 60)),
        # our clock is 40 s behind the service's
        (
            {
                "retry-after": "Mon, 21 Sep 2026 14:15:00 GMT",
                "date": "Mon, 21 Sep 2026 14:14:00 GMT",
            },
            Reading(retry_at=NOW + 60),
        ),
        # a clock of another year is not believed
        (
            {"ratelimit-reset": "1790000300", "date": "Mon, 21 Sep 2020 14:14:00 GMT"},
            Reading(None, NOW + 300),
        ),
    ],
)
def test_limits_are_read(headers, wanted):
    found = read_limits(headers, NOW)
    assert found.remaining == wanted.remaining
    assert found.reset_at == (pytest.approx(wanted.reset_at) if wanted.reset_at else None)
    assert found.retry_at == (pytest.approx(wanted.retry_at) if wanted.retry_at else None)


@pytest.mark.parametrize(
    "text", ["", "-5", "soon", "1e999", "nan", "inf", "٣", "9" * 70, "0x10", "Mon, 99 Foo", "5,6"]
)
def test_what_cannot_be_read_says_nothing(text):
    names = ("retry-after", "ratelimit-reset", "ratelimit-remaining", "x-ratelimit-reset", "date")
    assert read_limits(dict.fromkeys(names, text), NOW) == Reading()
