"""The evaluation on a tiny invented set whose figures are known, through the library and the
command line; strings and people are our own."""

import csv
import gzip
import hashlib
import json
import sys

import pytest

from influencr.cli import main
from influencr.errors import UnknownValue
from influencr.geography.evaluation import _sets as sets
from influencr.geography.evaluation import disagreements, evaluate
from influencr.geography.evaluation._baselines import PlainScan, single_flag
from influencr.geography.evaluation._carmen import Carmen, CarmenAbsent

HEAD = (
    *("id", "location", "timezone", "source", "level", "country"),
    *("admin1", "city", "lat", "lon", "geonameid", "flags"),
)
#: What is right and wrong about them stands beside; every judge must get these.
LOCATIONS = [
    ("Lyon, France", "city", "FR", "", "45.75", "4.85", ""),
    ("Austin, Texas", "city", "US", "TX", "30.27", "-97.74", ""),
    ("Toronto, Ontario, Canada", "city", "CA", "ON", "43.70", "-79.42", ""),
    ("Scotland", "admin", "GB", "SCT", "", "", ""),
    ("Deutschland", "country", "DE", "", "", "", ""),
    ("東京", "city", "JP", "", "35.69", "139.69", ""),
    # Labelled wrong on purpose, so that the expected figures are not all 1.
    ("Nairobi, Kenya", "city", "IT", "", "41.90", "12.48", "a"),
    ("inside your favourite song", "none", "", "", "", "", ""),
    ("he/him", "none", "", "", "", "", ""),
    # A real place that is labelled as none: an answer to it is a false one.
    ("Oslo, Norway", "none", "", "", "", "", ""),
]
#: name, bio, region
CREATORS = [
    ("first.invented", "baker 🇮🇹 in love with bread", "IT"),
    ("second.invented", "📍 Lyon, France", "FR"),
    ("third.invented", "nothing to see", "FR"),
    ("fourth.invented", "📍 Lyon, France. Painter", "MA"),
    ("fifth.invented", "", "US"),
    ("sixth.invented", "based in Toronto", "CA"),
]


def write(file, rows):
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)


@pytest.fixture
def folder(tmp_path):
    rows = [
        (i, text, "", "invented", level, country, admin1, "", lat, lon, "", flags)
        for i, (text, level, country, admin1, lat, lon, flags) in enumerate(LOCATIONS)
    ]
    write(tmp_path / sets.LOCATIONS, [HEAD, *rows])
    write(tmp_path / sets.TIKTOK, [("username", "signature", "region"), *CREATORS])
    return tmp_path


def key(words):
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def counted(shares):
    return {
        name: (s["k"], s["n"]) for name, s in shares.items() if isinstance(s, dict) and "k" in s
    }


def test_every_figure_of_the_location_strings(folder, gazetteer):
    found = evaluate(folder, wanted=["locations"], gazetteer=gazetteer)
    assert not found["left_out"]
    views = found["sets"]["locations"]["views"]
    for system in ("influencr", "resolver alone"):
        assert counted(views["all"]["systems"][system]) == {
            "country": (6, 7),
            "precision": (6, 8),
            "rejected": (2, 3),
            "admin1": (3, 3),
            "city_40": (4, 5),
            "city_161": (4, 5),
            "coverage": (7, 7),
        }
    assert views["without ambiguous"]["located"] == 6
    assert counted(views["non-ASCII"]["systems"]["influencr"])["country"] == (1, 1)
    calibration = views["all"]["systems"]["resolver alone"]["calibration"]
    assert calibration["n"] == 8
    assert calibration["right"] == pytest.approx(0.75)
    (checksum,) = found["sets"]["locations"]["checksums"].values()
    assert checksum == hashlib.sha256((folder / sets.LOCATIONS).read_bytes()).hexdigest()


def test_halves_of_the_bios(folder, gazetteer):
    whole = evaluate(folder, wanted=["tiktok"], half="all", gazetteer=gazetteer)
    views = whole["sets"]["tiktok"]["views"]
    assert views["development"]["rows"] + views["unseen"]["rows"] == views["all"]["rows"] == 6
    ours = counted(views["all"]["systems"]["influencr"])
    assert ours["precision"] == (3, 4)
    assert counted(views["all"]["systems"]["single flag"])["precision"] == (1, 1)
    both = views["all"]["systems"]["single flag + plain scan"]
    assert counted(both)["precision"] == (3, 4)
    one = evaluate(folder, wanted=["tiktok"], half="development", gazetteer=gazetteer)
    assert list(one["sets"]["tiktok"]["views"]) == ["development"]


def test_labels_find_their_words_by_key(folder, gazetteer):
    gold = folder / "gold"
    with gzip.open(place(folder / sets.CRESCI), "wt", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(
            [("id", "location", "time_zone"), ("77", "Lyon, France", "Paris"), ("78", "", "")]
        )
    with gzip.open(place(folder / sets.BLUESKY), "wt", encoding="utf-8") as out:
        out.write(json.dumps({"handle": "a.invented", "description": "📍 Lyon"}) + "\n")
        out.write(json.dumps({"handle": "b.invented", "description": None}) + "\n")
    head = ("key", "source", "level", "country", "admin1", "city", "lat", "lon", "flags")
    write(
        gold / "locations.csv",
        [
            head,
            (key("cresci-2017:77"), "cresci-2017", "city", "FR", "", "Lyon", "45.75", "4.85", ""),
            (key("cresci-2017:99"), "cresci-2017", "none", "", "", "", "", "", ""),
        ],
    )
    head = ("key", "stratum", "has_place", "level", "country", "lat", "lon", "role", "words_kind")
    write(
        gold / "bios.csv",
        [
            (*head, "flags"),
            (key("bluesky-4k:a.invented"), "cue", 1, "city", "FR", "", "", "lives", "pin", ""),
            (key("bluesky-4k:b.invented"), "other", 0, "", "", "", "", "", "", ""),
        ],
    )
    strings = sets.strings(folder, gold)
    assert [(row.text, row.time_zone) for row in strings.rows] == [("Lyon, France", "Paris")]
    assert strings.unmatched == 1
    bios = sets.bios(folder, gold)
    assert [(row.text, row.is_located) for row in bios.rows] == [("📍 Lyon", True), ("", False)]
    found = evaluate(folder, wanted=["strings", "bios"], gold=gold, gazetteer=gazetteer)
    told = found["sets"]["bios"]
    assert counted(told["views"]["all"]["systems"]["influencr"])["country"] == (1, 1)
    assert counted({"pin": told["recall_by_words"]["pin"]}) == {"pin": (1, 1)}
    assert set(told["views"]) == {"all", "without ambiguous", "home or no place", "cue", "other"}


def place(file):
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


def test_a_missing_set_is_said_in_a_sentence(tmp_path, gazetteer):
    found = evaluate(tmp_path, wanted=["locations", "bios", "tiktok"], gazetteer=gazetteer)
    assert found["sets"] == {}
    assert len(found["left_out"]) == 3
    assert all(sentence.endswith(".") for sentence in found["left_out"])


@pytest.mark.parametrize(("wanted", "half"), [(["location"], "all"), (["tiktok"], "first")])
def test_unknown_sets_and_halves(tmp_path, wanted, half):
    with pytest.raises(UnknownValue):
        evaluate(tmp_path, wanted=wanted, half=half)


def test_disagreements_and_what_a_reader_said(folder, gazetteer):
    chosen, total = disagreements(folder, 5, half="all", gazetteer=gazetteer)
    assert total == 1
    (one,) = chosen
    assert (one.region, one.country) == ("MA", "FR")
    write(
        folder / "gold" / "tiktok-disagreements.csv",
        [("key", "verdict", "class"), (one.key, "gold_wrong", "moved")],
    )
    found = evaluate(
        folder, wanted=["tiktok"], half="all", gold=folder / "gold", gazetteer=gazetteer
    )
    read = found["sets"]["tiktok"]["read"]
    assert (read["judged"], read["disagreements"]) == (1, 1)
    assert read["agreement"] == pytest.approx(0.75)
    assert read["right_by_reading"] == pytest.approx(1.0)
    assert read["classes"] == [{"verdict": "gold_wrong", "class": "moved", "n": 1}]


def test_an_unknown_verdict_is_refused(folder, gazetteer):
    file = folder / "gold" / "tiktok-disagreements.csv"
    write(file, [("key", "verdict", "class"), ("0" * 16, "ours_wrogn", "")])
    with pytest.raises(UnknownValue, match="ours_wrong"):
        evaluate(folder, wanted=["tiktok"], gold=folder / "gold", gazetteer=gazetteer)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("🇮🇹", "IT"),
        ("🇮🇹 and 🇮🇹", "IT"),
        ("🇮🇹 🇫🇷", None),
        ("\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f clans", "GB"),
        ("no flag", None),
    ],
)
def test_single_flag(text, code):
    assert single_flag(text) == code


def test_the_plain_scan_takes_the_most_populous_city(gazetteer):
    scan = PlainScan(gazetteer)

    def label(text):
        hit = scan(text)
        return gazetteer.label(hit[0]) if hit else None

    assert label("between Lyon and New York City").startswith("New York City")
    assert label("Paris, Texas") == "Paris, Île-de-France, France"
    assert label("painter from norway") == "Norway"
    assert label("nothing at all") is None


# Carmen is never needed to test: a package of its name with the same two doors.
FAKE = """
__version__ = "2.0.0"


class Place:
    def __init__(self, city):
        self.country, self.countrycode, self.state = "France", None, "Rhone"
        self.city, self.latitude, self.longitude = city, 45.75, 4.85


class Resolver:
    def load_locations(self):
        pass

    def resolve_tweet(self, tweet):
        text = tweet["user"]["location"]
        return (False, Place("Lyon")) if "Lyon" in text else None


def get_resolver(order):
    assert order == ["profile"]
    return Resolver()
"""


@pytest.fixture
def other_python(tmp_path):
    package = tmp_path / "packages" / "carmen"
    (package / "resolvers").mkdir(parents=True)
    (package / "__init__.py").write_text(FAKE, encoding="utf-8")
    (package / "resolvers" / "__init__.py").write_text("", encoding="utf-8")
    (package / "resolvers" / "profile.py").write_text("", encoding="utf-8")
    script = tmp_path / "python"
    script.write_text(
        f'#!/bin/sh\nPYTHONPATH="{package.parent}" exec "{sys.executable}" "$@"\n', encoding="utf-8"
    )
    script.chmod(0o755)
    return script


def test_another_interpreter_answers_beside_ours(folder, gazetteer, other_python):
    found = evaluate(
        folder, wanted=["locations"], carmen=True, carmen_python=other_python, gazetteer=gazetteer
    )
    view = found["sets"]["locations"]["views"]["all"]
    assert counted(view["systems"]["Carmen 2.0"])["country"] == (1, 7)
    gap = view["differences"]["Carmen 2.0"]["country"]
    assert (gap["only_one"], gap["only_other"]) == (5, 0)
    carmen = Carmen(other_python)
    assert carmen.version == "2.0.0"
    assert carmen.resolve(["Lyon", "東京"])[1] is None
    assert carmen.cost["seconds"] >= 0


def test_where_it_is_absent_the_rest_goes_on(folder, gazetteer, tmp_path):
    with pytest.raises(CarmenAbsent, match="cannot be run"):
        Carmen(tmp_path / "no-such-python")
    found = evaluate(
        folder,
        wanted=["locations"],
        carmen=True,
        carmen_python=tmp_path / "no-such-python",
        gazetteer=gazetteer,
    )
    assert len(found["left_out"]) == 1
    assert "locations" in found["sets"]


def test_the_command(folder, capsys, tmp_path):
    output = tmp_path / "out.json"
    words = ["places", "eval", "--datasets", folder, "--set", "all", "--output", output]
    assert main([str(word) for word in words]) == 0
    out, err = capsys.readouterr()
    assert "locations, all: 10 rows, 7 with a place" in out
    assert "bios: " in err
    written = json.loads(output.read_text(encoding="utf-8"))
    assert set(written) >= {"version", "machine", "measured_on", "sets", "left_out"}
    # Nothing of the sets is kept.
    text = output.read_text(encoding="utf-8")
    assert not any(words in text for words, *_ in LOCATIONS if " " in words)
    assert not any(name in text or (bio and bio in text) for name, bio, _ in CREATORS)


def test_disagreements_go_to_the_terminal(folder, capsys):
    words = ["places", "eval", "--datasets", folder, "--disagreements", "3", "--half", "all"]
    assert main([str(word) for word in words]) == 0
    out, _ = capsys.readouterr()
    assert "registered MA, we say FR" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--datasets", "no-such-folder"], "not a folder"),
        (["--datasets", ".", "--set", "tiktoks"], "did you mean"),
        (["--datasets", ".", "--disagreements", "0"], "1 or more"),
    ],
)
def test_bad_words_get_one_sentence(words, said, capsys):
    assert main(["places", "eval", *words]) == 2
    _, err = capsys.readouterr()
    assert said in err
