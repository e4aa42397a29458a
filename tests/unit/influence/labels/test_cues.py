"""Words that are signs: how they are folded, found and guarded."""

import csv
from importlib import resources

import polars as pl
import pytest

from influencr.influence.labels._cues import folded, found_cues, given_names, handle_words
from influencr.influence.labels._judge import _BROAD, _NAMED, _NAMES
from influencr.influence.labels._signs import BASE, KINDS, SIGNS


def fold(text):
    return pl.DataFrame({"t": [text]}).select(folded(pl.col("t"))).item()


def found(text, where="bio"):
    none = pl.Series([None], dtype=pl.String)
    texts = dict.fromkeys(("bio", "name", "handle", "topic"), none)
    told = found_cues({**texts, where: pl.Series([text])})
    return dict(told.select("sign", "words").iter_rows())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Übersetzerin & ŁÓDŹ", " ubersetzerin lodz "),
        ("U.S. Senate — see https://quist.example/a", " us senate see "),
        ("𝓢𝓲𝓷𝓰𝓮𝓻", " singer "),
        ("مُمثِّلة", " ممثله "),
        ("@quist", " @quist "),
        (None, " "),
    ],
)
def test_folding(text, said):
    assert fold(text) == said


@pytest.mark.parametrize(
    ("handle", "said"),
    [
        ("ana.bsky.social", " ana "),
        ("AnaQuistBot", " ana quist bot "),
        ("tarn_news24", " tarn news "),
        ("rss.quist.example", " rss quist example "),
        ("ana@quist.example", " ana "),
    ],
)
def test_words_of_handles(handle, said):
    assert pl.DataFrame({"h": [handle]}).select(handle_words(pl.col("h"))).item() == said


def test_occupations_count_unless_they_are_somebody_else_s():
    assert found("Singer, Tarn Valley")["stage"] == "singer"
    assert found("声優です")["stage"] == "声優"
    for text in ("coach for singers", "wife of a singer", "my favourite singer", "love the singer"):
        assert "stage" not in found(text)
    # The guard holds for one word only, and phrases that begin with one are none of its business.
    assert found("Mother of two, singer")["stage"] == "singer"
    assert found("Member of Parliament")["office"] == "member of parliament"


def test_whole_words_only():
    assert "stage" not in found("factorial contractors")
    assert "org" not in found("newsroom", "name")


def test_fans_are_told_by_their_names():
    assert "fan" in found(" quist fans ", "handle")
    assert "fan" not in found("fans of chess")


def test_every_cue_has_a_sign_and_no_doubles():
    text = resources.files("influencr.influence.labels").joinpath("cues.csv").read_text("utf-8")
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    assert {row["sign"] for row in rows} <= set(SIGNS)
    for row in rows:
        phrases = row["phrases"].split("|")
        assert all(phrases), row["sign"]
        assert set(row["where"].split("+")) <= {"bio", "name", "handle", "topic"}


def test_signs_named_elsewhere_exist():
    assert {*_NAMED, *_NAMES, *_BROAD} <= set(SIGNS)
    assert set(BASE) == {*KINDS, "celebrity", "public"}
    assert len(given_names()) > 1_000
