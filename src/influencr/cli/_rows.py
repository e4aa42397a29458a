"""The rows of a small table of words (CSV, TSV, JSON lines), as `places resolve` takes them.

Profiles with their hundred spellings are `sources/files`' business; here a row has a handful of
columns with fixed names, and needs no creator.
"""

from __future__ import annotations

import contextlib
import csv
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from influencr.errors import UnknownValue, UnreadableInput, UsageError
from influencr.sources.files import named_fields

__all__ = ["read_rows", "written_whole"]

#: Column of the file -> column of the profiles that geography judges.
UNDERSTOOD = {
    "location": "place_raw",
    "bio": "bio_text",
    "description": "bio_text",
    "time_zone": "time_zone",
    "timezone": "time_zone",
    "language": "language",
    "lang": "language",
    "country": "place_country",
    "region": "place_region",
    "city": "place_city",
    "links": "links",
    "link": "links",
    "url": "links",
    "website": "links",
    "phone": "phone",
    "fields": "fields",
}
_BLANKS = re.compile(r"[\s,;|]+")


def read_rows(path: Path, *, location: str | None = None) -> Iterator[dict[str, Any]]:
    """Each row as fields of a profile, in order; what is missing or empty is left out.

    location   the column that holds the location, where it is not called so

    `links` are addresses with blanks or commas between them (or a JSON list), `phone` a number with
    its calling code, `fields` the free fields of a profile as JSON keys and values: their place
    counts as the location, unless there is a location, and their addresses as links.

    Raises UsageError for a file without an understood column, UnknownValue for a `location` that
    the header does not have, UnreadableInput for what is no UTF-8 text or no table.
    """
    if not path.is_file():
        raise UsageError(f"--input: {path} is not a file; check the spelling.", field="--input")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            start = file.read(1 << 16)
            if not start.strip():
                raise UnreadableInput(f"{path.name} is empty; give a header row and rows.")
            file.seek(0)
            if start.lstrip().startswith("{"):
                yield from _json_rows(file, path, location)
            else:
                yield from _delimited_rows(file, path, location, header=start.splitlines()[0])
    except UnicodeDecodeError as error:
        raise UnreadableInput(
            f"{path.name} is not UTF-8 text (byte {error.start} of a piece); save it as UTF-8."
        ) from error


def _delimited_rows(
    file: IO[str], path: Path, location: str | None, *, header: str
) -> Iterator[dict[str, Any]]:
    delimiter = max(",;\t|", key=header.count)
    reader = csv.DictReader(file, delimiter=delimiter, restkey=None)
    try:
        names = list(reader.fieldnames or ())
        fields = _fields(names, location)
        if not fields:
            raise UsageError(
                f"{path.name}: no column is understood; columns seen: {', '.join(names)}; needed: "
                f"one of {', '.join(UNDERSTOOD)}, or --column NAME.",
                field="--column",
            )
        for row in reader:
            yield _kept(row, fields)
    except csv.Error as error:
        raise UnreadableInput(f"{path.name}, line {reader.line_num}: {error}.") from error


def _json_rows(file: IO[str], path: Path, location: str | None) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise UnreadableInput(f"{path.name}, line {number}: not JSON ({error}).") from error
        if not isinstance(row, dict):
            raise UnreadableInput(f"{path.name}, line {number}: not a JSON object.")
        # a line may leave the location out, so a name that is missing here is no mistake
        known = location if location in row else None
        yield _kept(row, _fields([n for n in row if location is None or n != "location"], known))


def _fields(names: list[str], location: str | None) -> dict[str, str]:
    """Column -> field; the first of two columns with one meaning wins."""
    if location is not None and location not in names:
        raise UnknownValue("--column", location, names)
    fields: dict[str, str] = {} if location is None else {location: "place_raw"}
    for name in names:
        meaning = UNDERSTOOD.get(name.strip().casefold().replace(" ", "_"))
        if meaning and name not in fields and meaning not in fields.values():
            fields[name] = meaning
    return fields


def _kept(row: dict[str, object], fields: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    links: list[str] = []
    for name, field in fields.items():
        value = row.get(name)
        if field == "fields":
            said = named_fields(value)
            links += said.links
            if said.place:
                found.setdefault("place_raw", _storable(said.place))
            if said.time_zone:
                found.setdefault("time_zone", _storable(said.time_zone))
        elif field == "links":
            links += _addresses(value)
        elif value is not None and (text := str(value).strip()):
            if field == "phone":
                links.append(f"tel:{text}")
            else:
                found[field] = _storable(text)
    if links:
        found["links"] = [_storable(link) for link in dict.fromkeys(links)]
    return found


def _addresses(value: object) -> list[str]:
    if isinstance(value, str) and value.lstrip().startswith("["):
        with contextlib.suppress(ValueError):  # no JSON: read as words
            value = json.loads(value)
    words = value if isinstance(value, list) else _BLANKS.split(str(value or ""))
    return [text for word in words if (text := str(word).strip())]


def _storable(text: str) -> str:
    # half of a character pair cannot be stored as UTF-8
    return text.encode("utf-8", "replace").decode("utf-8")


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[IO[str]]:
    """A text file that appears under its name only when everything has been written."""
    if path.is_dir() or not path.parent.is_dir():
        raise UsageError(
            f"--output: {path} cannot be written; name a file in an existing folder.",
            field="--output",
        )
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with partial.open("w", encoding="utf-8", newline="\n") as file:
            yield file
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
