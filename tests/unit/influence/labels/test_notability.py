"""The operator's file of who is known off the platform."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from influencr.errors import UnreadableInput
from influencr.influence import labels

HEAD = "platform,handle,qid,sitelinks,occupations,earliest_sitelink\n"


def read(tmp_path, text, name="known.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return labels.read_notability(path)


def judged(file, **profile):
    creators = pl.DataFrame(
        [{"profile_id": "x", "platform": "tiktok", "display_name": "Vera Quist", **profile}]
    )
    return labels.judge(creators, labels.Context(notability=file)).row(0, named=True)


def test_reads_what_it_documents(tmp_path):
    file = read(
        tmp_path,
        HEAD
        + "TikTok,@Vera.Quist,Q12,41,film actor; Singer,2009-05\nx,b,Q13,3,,\nx,b,Q14,9,,2001\n",
    )
    first, second = file.sort("handle").rows(named=True)
    assert second | {"platform": "tiktok"} == {
        "platform": "tiktok",
        "handle": "vera.quist",
        "qid": "Q12",
        "sitelinks": 41,
        "occupations": ["film actor", "singer"],
        "earliest_sitelink": date(2009, 5, 1),
        "is_person": True,
    }
    # Of two items with one handle, the better known counts.
    assert (first["qid"], first["occupations"], first["is_person"]) == ("Q14", [], None)


def test_other_formats_say_the_same(tmp_path):
    text = HEAD + "tiktok,vera,Q12,41,actor,2009\n"
    plain = read(tmp_path, text)
    assert read(tmp_path, text.replace(",", "\t"), "known.tsv").equals(plain)
    line = (
        '{"platform":"tiktok","handle":"vera","qid":"Q12","sitelinks":41,'
        '"occupations":"actor","earliest_sitelink":"2009"}\n'
    )
    assert read(tmp_path, line, "known.jsonl").equals(plain)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("platform,handle,qid\nx,a,Q1\n", "no column 'sitelinks'"),
        (HEAD + "x,a,Q1,4,,\nx,,Q1,4,,\n", "line 3: names no handle"),
        (HEAD + ",a,Q1,4,,\n", "line 2: names no platform"),
        (HEAD + "x,a,12,4,,\n", "line 2: has no identifier such as Q42"),
        (HEAD + "x,a,Q1,many,,\n", "line 2: has no whole number"),
        (HEAD + "x,a,Q1,4,,last year\n", "line 2: has an earliest_sitelink"),
        ("", "cannot be read"),
    ],
)
def test_one_sentence_for_what_cannot_be_read(tmp_path, text, says):
    with pytest.raises(UnreadableInput, match=says) as problem:
        read(tmp_path, text)
    assert str(problem.value).endswith(".")
    assert problem.value.field == "--notability"


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UnreadableInput, match="There is no file"):
        labels.read_notability(tmp_path / "none.csv")


def test_whom_the_file_knows_needs_no_words(tmp_path):
    file = read(tmp_path, HEAD + "tiktok,vera,Q12,60,actor,2009\n")
    row = judged(file, handle="Vera", followers=3_000_000)
    assert row["label"] == "celebrity"
    assert "Q12" in row["label_reason"]
    assert judged(file, handle="other", followers=3_000_000)["label"] == "unknown"
    assert (
        judged(file, handle="vera", followers=3_000_000, platform="youtube")["label"] == "unknown"
    )


def test_more_articles_more_certain_and_few_count_for_nothing(tmp_path):
    def p(sitelinks):
        file = read(tmp_path, HEAD + f"tiktok,vera,Q12,{sitelinks},actor,\n")
        return judged(file, handle="vera", followers=1_000_000)["label_p_celebrity"]

    assert p(2) is None or p(2) < 0.4
    assert p(3) < p(12) < p(120)


def test_known_by_the_platform_alone_stays_a_creator(tmp_path):
    file = read(tmp_path, HEAD + "tiktok,vera,Q12,60,YouTuber|streamer,2019-01-01\n")
    born = {"handle": "vera", "followers": 30_000_000}
    late = judged(file, account_created_at=datetime(2016, 1, 1, tzinfo=UTC), **born)
    assert late["label"] == "creator"
    # The first article is older than the account: known before.
    early = judged(file, account_created_at=datetime(2020, 1, 1, tzinfo=UTC), **born)
    assert early["label"] == "celebrity"


def test_what_is_no_person_is_a_brand(tmp_path):
    head = HEAD.replace("\n", ",kind\n")
    file = read(tmp_path, head + "tiktok,quistovia,Q12,60,,,business\n")
    assert judged(file, handle="quistovia", display_name="Quistovia")["label"] == "brand"
