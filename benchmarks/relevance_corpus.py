"""The profiles that the relevance labels of `gold/relevance.csv` speak about.

    python benchmarks/relevance_corpus.py FOLDER > corpus.jsonl

FOLDER holds the data sets, which are not part of the project; `gold/README.md` names them. The
labels know a profile by its key alone, so this is the one place where the key is made.
"""

from __future__ import annotations

import argparse
import dataclasses
import gzip
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
from py3langid.langid import MODEL_FILE, LanguageIdentifier

#: Shorter texts say nothing that could be judged.
SHORTEST = 8
#: What a reader is given of a long text (only YouTube channels have them), and so a searcher too.
LONGEST = 500

#: The detector knows many more, and takes short texts for the rarest of them.
_LANGUAGES = (
    "ar bg ca cs da de el en es fa fi fr he hi hu id it ja ko nl no pl pt ro ru sv th tl tr uk"
    " ur vi zh"
)
_NOT_WORDS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|[@#]\S+")


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One profile: what a search would read of it."""

    key: str
    #: the data set, as it stands in the key
    set: str
    #: display name, or the handle where there is none
    name: str
    text: str
    #: ISO 639-1 code by detection over the text, "und" where it is too short for that
    language: str


class _Found(NamedTuple):
    id: str
    name: str
    text: str


def corpus(datasets: Path) -> list[Row]:
    """Every profile with a text of at least `SHORTEST` characters, in order of sets and files.

    A profile whose key has been seen is left out, so keys are unique.
    """
    rows: dict[str, Row] = {}
    for name, read in _SETS.items():
        for found in read(datasets):
            text = found.text.strip()[:LONGEST]
            key = key_of(name, found.id)
            if len(text) >= SHORTEST and key not in rows:
                rows[key] = Row(key, name, found.name.strip(), text, _language(text))
    return list(rows.values())


def missing(datasets: Path) -> list[str]:
    """Names of the sets of which a file is not in the folder."""
    absent = []
    for name, read in _SETS.items():
        try:
            next(iter(read(datasets)), None)
        except FileNotFoundError:
            absent.append(name)
    return absent


def key_of(set_name: str, identity: str) -> str:
    """The key of a profile: set and row id (or handle, where the set has no id)."""
    return hashlib.sha256(f"{set_name}:{identity}".encode()).hexdigest()[:16]


def _tiktok(datasets: Path) -> Iterator[_Found]:
    for row in _csv(datasets / "tiktok-samples/restricted/tiktok_creators.csv"):
        yield _Found(row["id"], row["username"], row["signature"])


def _bluesky_4k(datasets: Path) -> Iterator[_Found]:
    yield from _profiles(datasets / "bluesky-profiles-4k/profiles.jsonl.gz")


def _bluesky_views(datasets: Path) -> Iterator[_Found]:
    for part in ("academic", "topics"):
        yield from _profiles(datasets / f"bluesky-samples/restricted/profiles_{part}.jsonl")


def _cresci_2017(datasets: Path) -> Iterator[_Found]:
    for row in _csv(datasets / "cresci-2017-genuine-spambots1/users.csv.gz"):
        if row["label"] == "genuine":
            yield _Found(row["id"], row["name"] or row["screen_name"], row["description"])


def _twibot20(datasets: Path) -> Iterator[_Found]:
    for row in _json_lines(datasets / "twibot20-sample-100/users.jsonl.gz"):
        profile = row["profile"] or {}
        yield _Found(row["ID"].strip(), profile.get("name") or "", profile.get("description") or "")


def _youtube_tech(datasets: Path) -> Iterator[_Found]:
    """A channel has no text of its own here: its title, then its videos' titles, then what is
    written under them."""
    channels: dict[str, list[dict[str, str]]] = {}
    for row in _csv(datasets / "youtube-tech-videos/videos.csv.gz"):
        channels.setdefault(row["channel_id"], []).append(row)
    for channel, videos in channels.items():
        title = videos[0]["channel_title"]
        parts = [title, *(video["title"] for video in videos)]
        parts += [video["description"] for video in videos]
        yield _Found(channel, title, "\n".join(part for part in parts if part))


def _mastodon(datasets: Path) -> Iterator[_Found]:
    """No bios in this list, only what its curator noted and the category chosen."""
    for row in _csv(datasets / "mastodon-official-341/profiles.csv.gz"):
        noted = [row[column] for column in ("CATEGORY_EN", "Information", "Keywords")]
        text = "\n".join(note for note in noted if note not in ("", "-"))
        yield _Found(row["Mastodon profile"], row["Name"], text)


_SETS = {
    "tiktok": _tiktok,
    "bluesky-4k": _bluesky_4k,
    "cresci-2017": _cresci_2017,
    "twibot20": _twibot20,
    "youtube-tech": _youtube_tech,
    "mastodon-official": _mastodon,
    "bluesky-views": _bluesky_views,
}


def _profiles(path: Path) -> Iterator[_Found]:
    for row in _json_lines(path):
        yield _Found(row["handle"], row["display_name"] or row["handle"], row["description"] or "")


def _csv(path: Path) -> Iterable[dict[str, str]]:
    return pl.read_csv(path, infer_schema=False).fill_null("").iter_rows(named=True)


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    plain = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    yield from map(json.loads, plain.splitlines())


def _language(text: str) -> str:
    words = _NOT_WORDS.sub(" ", text)
    if sum(map(str.isalpha, words)) < SHORTEST:
        return "und"
    return str(_identifier().classify(words)[0])


@cache
def _identifier() -> Any:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(_LANGUAGES.split())
    return identifier


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("datasets", type=Path)
    for row in corpus(parser.parse_args().datasets):
        json.dump(dataclasses.asdict(row), sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
