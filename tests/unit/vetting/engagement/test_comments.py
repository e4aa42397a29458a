"""Replies: what they say, from how few people, and who answers whom."""

import polars as pl
import pytest

from influencr.errors import SchemaError
from influencr.vetting import engagement
from influencr.vetting.engagement._comments import COMMENT_SCHEMA, COPIED_AT, MIN_REPLIES

TYPES = {
    "by": pl.UInt64,
    "to": pl.UInt64,
    "post_id": pl.String,
    "reply_id": pl.String,
    "text": pl.String,
}
TALK = "the third chorus took me back to our cellar concerts number {}"


def replies(rows: list[tuple[int, int, str, str | None]]) -> pl.DataFrame:
    return pl.DataFrame(
        [(by, to, post, f"r{i}", text) for i, (by, to, post, text) in enumerate(rows)],
        schema=TYPES,
        orient="row",
    )


def posts(counts: list[int | None], key: int = 1) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "key": pl.Series([key] * len(counts), dtype=pl.UInt64),
            "post_id": [f"p{key}-{i}" for i in range(len(counts))],
            "replies": pl.Series(counts, dtype=pl.Int64),
        }
    )


def judged(rows: list[tuple[int, int, str, str | None]], own: pl.DataFrame | None = None) -> dict:
    found = engagement.comment_quality(replies(rows), posts([5, 5]) if own is None else own)
    assert dict(found.schema) == COMMENT_SCHEMA
    return found.row(0, named=True)


def letters(number: int) -> str:
    """A word for a number, since figures do not tell texts apart."""
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


def talk(n: int, people: int = 30) -> list[tuple[int, int, str, str | None]]:
    return [(100 + i % people, 1, f"p1-{i % 2}", TALK.format(letters(i))) for i in range(n)]


def test_talk_is_not_generic() -> None:
    found = judged(talk(30))
    assert found["generic_share"] == 0
    assert (found["n_replies"], found["n_repliers"], found["n_posts"]) == (30, 30, 2)
    assert found["repliers_per_post"] == 15
    assert found["top_share"] == pytest.approx(10 / 30)
    assert found["reason"] == "30 replies of 30 people."


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("🔥🔥🔥", "emoji"),
        ("  !!! ❤️ ", "emoji"),
        ("@anna.example 👏", "emoji"),
        ("so nice", "short"),
        ("Love this one!! 😍", "short"),
        ("素敵です", "short"),
        ("رائع جدا", "short"),
    ],
)
def test_what_says_nothing_about_the_post(text: str, kind: str) -> None:
    found = judged([(by, to, post, text) for by, to, post, _ in talk(25)])
    assert found[f"{kind}_share"] == 1
    assert found["generic_share"] == 1


@pytest.mark.parametrize(
    "text",
    ["昨日の演奏は本当に素晴らしかった、また聞きたいです", "how long did the dough rest then"],
)
def test_a_sentence_in_any_script_is_talk(text: str) -> None:
    assert judged([(by, to, post, text) for by, to, post, _ in talk(25)])["generic_share"] == 0


def test_the_same_words_under_several_creators_are_copied() -> None:
    def pasted(creators: int) -> dict:
        words = ("great page please check mine too", "Check mine too, please! Great page 99 🔥")
        rows = [
            (100 + i, key, f"p{key}-0", words[i % 2])
            for key in range(1, creators + 1)
            for i in range(25)
        ]
        own = pl.concat([posts([25], key) for key in range(1, creators + 1)])
        return judged(rows, own)

    assert pasted(COPIED_AT)["copied_share"] == 1
    assert pasted(COPIED_AT - 1)["generic_share"] == 0


def test_few_people_write_most() -> None:
    assert judged(talk(60, people=5))["top_share"] == 1
    assert judged(talk(60, people=60))["top_share"] == pytest.approx(1 / 6)


def test_answers_and_visits_are_told_apart() -> None:
    heard = talk(30)
    answers = [(1, 100 + i, f"r{i}", f"glad that you were there {i}") for i in range(15)]
    visits = [(1, 100 + i, f"p{100 + i}-0", "what a fine workshop you have") for i in range(6)]
    found = judged(heard + answers + visits)
    assert found["n_replies"] == 30
    assert found["answered_share"] == pytest.approx(0.5)
    assert found["mutual_share"] == pytest.approx(0.2)
    without = engagement.comment_quality(
        replies(heard + answers + visits).drop("reply_id"), posts([5, 5])
    ).row(0, named=True)
    assert without["answered_share"] == pytest.approx(0.5)
    assert without["mutual_share"] is None


def test_own_threads_are_not_replies_of_others() -> None:
    found = judged([(1, 1, "p1-0", TALK.format(i)) for i in range(40)])
    assert found["n_replies"] == 0


def test_where_only_counts_are_shown() -> None:
    found = judged([], posts([4, 8, None]))
    assert found["replies_per_post"] == 6
    assert found["generic_share"] is None
    assert found["top_share"] is None
    assert "Only counts of replies" in found["reason"]


def test_where_texts_are_not_shown() -> None:
    found = judged([(by, to, post, None) for by, to, post, _ in talk(30)])
    assert found["generic_share"] is None
    assert found["top_share"] is not None
    assert "too few of their texts" in found["reason"]


def test_where_nothing_or_little_was_seen() -> None:
    assert judged([], posts([None]))["reason"] == "Neither replies nor their counts were seen."
    few = judged(talk(MIN_REPLIES - 1))
    assert few["top_share"] is None
    assert f"{MIN_REPLIES} are needed" in few["reason"]


def test_replies_as_rows_of_the_ledger_never_fire() -> None:
    creators = pl.DataFrame(
        {
            "creator": [0],
            "key": pl.Series([1], dtype=pl.UInt64),
            "platform": "bluesky",
            "language": "en",
            "topic": "chess",
            "followers": 900,
            "engagement_rate": 0.01,
        }
    )
    comments = engagement.comment_quality(
        replies([(by, to, post, "🔥") for by, to, post, _ in talk(40)]), posts([20, 20])
    )
    rows = engagement.evidence(creators, engagement.Curves({}, {}), comments)
    assert rows["statistic"].to_list() == ["generic_replies"]
    assert rows["value"].item() == 1
    assert not rows["fires"].item()


def test_input_that_does_not_fit() -> None:
    with pytest.raises(SchemaError, match="'text'"):
        engagement.comment_quality(replies([]).drop("text"), posts([1]))
