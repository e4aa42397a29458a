"""The labelled sets, as rows of one shape, from the folders that hold them.

Nothing is fitted or kept here. A set that is absent raises `MissingSet` with one sentence, so that
an evaluation of several goes on with the others.

Labels made by this project (benchmarks/gold) hold no words of anybody: they name a row by a key,
and the words are looked up in the data set at run time.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from influencr.errors import UnreadableInput, UsageError

__all__ = [
    "GoldSet",
    "MissingSet",
    "Row",
    "bios",
    "distinct_strings",
    "half_of",
    "locations",
    "strings",
    "tiktok",
]

LOCATIONS = Path("geo-profile-locations", "dev.csv")
TIKTOK = Path("tiktok-samples", "restricted", "tiktok_creators.csv")
BLUESKY = Path("bluesky-profiles-4k", "profiles.jsonl.gz")
CRESCI = Path("cresci-2017-genuine-spambots1", "users.csv.gz")
TWIBOT = Path("twibot20-sample-100", "users.jsonl.gz")

_TRUE = frozenset({"1", "true", "yes", "y"})


class MissingSet(UsageError):
    """A set that was asked for is not in the folder; the text says which file is missing."""

    code = "missing_set"


@dataclass(slots=True, frozen=True)
class Row:
    """One string and where it says somebody is.

    key      names the row without its words
    level    city, admin, country, coord, none; "" where only the country is known
    country  alpha-2, None when the string names no place
    admin1   US and CA postal code, GB nation; "" when not labelled
    lat, lon of the city; None when not labelled
    flags    a ambiguous, m several places, h below city, i institution
    group    what the set is divided by: source, stratum, half
    """

    key: str
    text: str
    level: str
    country: str | None
    admin1: str = ""
    lat: float | None = None
    lon: float | None = None
    flags: str = ""
    time_zone: str | None = None
    group: str = ""
    role: str = ""
    words_kind: str = ""

    @property
    def is_located(self) -> bool:
        """Does the string name a place?"""
        return self.country is not None


@dataclass(slots=True)
class GoldSet:
    """Rows, what they are, and the checksums of the files that they came from."""

    name: str
    about: str
    rows: list[Row]
    checksums: dict[str, str] = field(default_factory=dict)
    unmatched: int = 0


def locations(datasets: Path) -> GoldSet:
    """geo-profile-locations/dev.csv: location strings, seen while the rules were written."""
    file = _file(datasets, LOCATIONS)
    rows = [
        _labelled(row, key=row["id"], text=row["location"], time_zone=row["timezone"] or None)
        for row in _csv(file)
    ]
    about = "profile locations of Twitter users, 2015 to 2021, mostly English"
    return GoldSet("locations", about, rows, {str(LOCATIONS): _sha256(file)})


def strings(datasets: Path, gold: Path) -> GoldSet:
    """benchmarks/gold/locations.csv over the location strings of cresci-2017 and twibot20."""
    labels = _file(gold, Path("locations.csv"))
    found = GoldSet(
        "strings",
        "profile locations of Twitter users, a third of them with characters above U+00BF",
        [],
        {f"gold/{labels.name}": _sha256(labels)},
    )
    words: dict[str, tuple[str, str | None]] = {}
    for path, prefix in ((CRESCI, "cresci"), (TWIBOT, "twibot")):
        needed = [row for row in _csv(labels) if row["source"].startswith(prefix)]
        if not needed:
            continue
        file = _file(datasets, path)
        found.checksums[str(path)] = _sha256(file)
        # Labels name a source as the folder does or by its short name.
        sources = {row["source"] for row in needed}
        for ids, text, zone in _twitter(file):
            for source in sources:
                for row_id in ids:
                    words.setdefault(_key(f"{source}:{row_id}"), (text, zone))
    for row in _csv(labels):
        if row["key"] not in words:
            found.unmatched += 1
            continue
        text, zone = words[row["key"]]
        found.rows.append(
            _labelled(row, key=row["key"], text=text, time_zone=zone, group=row["source"])
        )
    return found


def distinct_strings(datasets: Path) -> list[str]:
    """Distinct location strings of every set in the folder, unlabelled: for measuring speed."""
    found: dict[str, None] = {}
    if (file := datasets / LOCATIONS).exists():
        found |= dict.fromkeys(row["location"].strip() for row in _csv(file))
    for path in (CRESCI, TWIBOT):
        if (file := datasets / path).exists():
            found |= dict.fromkeys(text for _, text, _ in _twitter(file))
    found.pop("", None)
    return list(found)


def bios(datasets: Path, gold: Path) -> GoldSet:
    """benchmarks/gold/bios.csv over the descriptions of bluesky-profiles-4k."""
    labels = _file(gold, Path("bios.csv"))
    file = _file(datasets, BLUESKY)
    words = {
        _key(f"bluesky-4k:{profile['handle']}"): profile.get("description") or ""
        for profile in _jsonl(file)
    }
    found = GoldSet(
        "bios",
        "bios of new Bluesky accounts, in three strata, labelled for this project",
        [],
        {f"gold/{labels.name}": _sha256(labels), str(BLUESKY): _sha256(file)},
    )
    for row in _csv(labels):
        if row["key"] not in words:
            found.unmatched += 1
            continue
        said = row["has_place"].strip().casefold() in _TRUE
        label = row if said else {**row, "level": "none", "country": ""}
        found.rows.append(
            _labelled(label, key=row["key"], text=words[row["key"]], group=row.get("stratum") or "")
        )
    return found


def tiktok(datasets: Path) -> GoldSet:
    """Bios against the country where the account is registered, in two halves."""
    file = _file(datasets, TIKTOK)
    rows = [
        Row(
            key=_key(f"tiktok:{row['username']}"),
            text=row["signature"] or "",
            level="",
            country=row["region"].strip().upper() or None,
            group=half_of(row["username"]),
        )
        for row in _csv(file)
    ]
    about = (
        "bios of TikTok creators against the country where the account is registered, which "
        "heritage flags and travellers keep below 1"
    )
    return GoldSet("tiktok", about, rows, {str(TIKTOK): _sha256(file)})


def half_of(username: str) -> str:
    """ "development" or "unseen": by the first hexadecimal digit of a checksum of the name."""
    digit = hashlib.sha256(f"tiktok-half:{username}".encode()).hexdigest()[0]
    return "development" if digit in "01234567" else "unseen"


def _labelled(
    row: dict[str, str], *, key: str, text: str, time_zone: str | None = None, group: str = ""
) -> Row:
    level = row["level"].strip()
    lat, lon = row.get("lat") or "", row.get("lon") or ""
    return Row(
        key=key,
        text=text,
        level=level,
        country=(row["country"].strip().upper() or None) if level != "none" else None,
        admin1=(row.get("admin1") or "").strip(),
        lat=float(lat) if lat else None,
        lon=float(lon) if lon else None,
        flags=(row.get("flags") or "").strip(),
        time_zone=time_zone,
        group=group or row.get("source") or "",
        role=(row.get("role") or "").strip(),
        words_kind=(row.get("words_kind") or "").strip(),
    )


def _twitter(file: Path) -> Iterator[tuple[tuple[str, ...], str, str | None]]:
    """Ids (the account's, and the position in the file), location and time zone of each account."""
    if file.suffixes[0] == ".csv":
        for at, row in enumerate(_csv(file)):
            yield (
                (row["id"].strip(), str(at)),
                (row["location"] or "").strip(),
                row.get("time_zone") or None,
            )
        return
    for at, account in enumerate(_jsonl(file)):
        profile = account.get("profile") or {}
        ids = (str(account.get("ID") or "").strip(), str(at))
        text = str(profile.get("location") or "").strip()
        zone = str(profile.get("time_zone") or "").strip()
        yield ids, text, zone if zone not in ("", "None") else None


def _key(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def _file(folder: Path, path: Path) -> Path:
    file = folder / path
    if not file.is_file():
        raise MissingSet(f"{path} is not in {folder}; this set is left out.", field=str(path))
    return file


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _open(file: Path) -> IO[str]:
    if file.suffix == ".gz":
        return gzip.open(file, "rt", encoding="utf-8", newline="")
    return file.open(encoding="utf-8-sig", newline="")


def _csv(file: Path) -> Iterator[dict[str, str]]:
    # A bio column can hold a whole page of text; the limit belongs to the whole process.
    limit = csv.field_size_limit(1 << 24)
    try:
        with _open(file) as opened:
            yield from list(csv.DictReader(opened))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableInput(f"{file.name} is not a table in UTF-8: {error}.") from error
    finally:
        csv.field_size_limit(limit)


def _jsonl(file: Path) -> Iterator[dict[str, Any]]:
    with _open(file) as opened:
        for line in opened:
            if line.strip():
                try:
                    yield json.loads(line)
                except ValueError as error:
                    raise UnreadableInput(f"{file.name} is not JSON lines: {error}.") from error
