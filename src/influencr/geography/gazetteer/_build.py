"""Builds the gazetteer artefact from the installed data packages; deterministic to the byte.

Rows: countries, unions (continents, EU, DACH, ...), first-level divisions, second-level divisions,
cities by latitude. Places that GeoNames has no id for (unions and some ISO 3166-2 divisions) get a
negative id made from their code, so that ids do not move between builds.

Population of a division is the sum of its cities (GeoNames gives none here): good enough for
ranking, never shown as a fact. Its coordinates are those of its largest city.

Names left out, because they answer questions that nobody asked: digits only; single letters and
three-letter words that are neither a place's own name nor an upper-case code of a city above
CODE_POPULATION; lower-case Latin alternates, which are machine transliterations ("swldw").

CODE_POPULATION (200,000) is the design document's rule; the rest is our own choice, fixed by
tests/unit/geography/test_gazetteer.py.
"""

from __future__ import annotations

import hashlib
import json
import math
import shutil
import tempfile
from collections.abc import Callable, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np
import xxhash

from influencr.geography.gazetteer import _sources
from influencr.geography.gazetteer._collect import collect
from influencr.geography.gazetteer._collected import Collected
from influencr.geography.gazetteer._divisions import resembles
from influencr.geography.gazetteer._format import (
    ATTRIBUTION,
    COLUMNS,
    FORMAT,
    KIND_SHIFT,
    ROW_MASK,
    NameKind,
    PlaceKind,
    stored_weight,
    suggestion_weight,
)
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._similar import alphabets

__all__ = ["build"]

# What a weaker kind of name costs in the order of places that share it, in decades of population:
# a city called so by its own name stands before one ten times as large that is called so abroad.
_NAME_COST = {
    NameKind.OFFICIAL: 0.0,
    NameKind.ALIAS: -1.0,
    NameKind.ALTERNATE: 1.0,
    NameKind.CODE: 2.0,
    NameKind.CAPITALS: -1.0,
    NameKind.WEAK: 3.0,
}


#: Of a nickname or district that does not look like the name shown, while it is being typed: "san"
#: is the start of Sanlitun in Beijing, but nobody who types it means Beijing.
_NICKNAME = -2.5


def build(out_dir: Path, progress: Callable[[str], None] | None = None) -> dict[str, Any]:
    """Write the artefact into `out_dir` (made, or replaced as a whole) and return its manifest.

    progress   called with one line per step

    Raises HomeError when a data package is missing, and ValueError when the alias file names a
    place that the data do not hold (the file is ours, so that is a bug in it).
    """
    say = progress or (lambda _: None)
    say("reading the data packages")
    collected = collect(say)
    out_dir.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=".gazetteer-", dir=out_dir.parent))
    try:
        say(f"writing {len(collected.places):,} places and {len(collected.names):,} names")
        manifest = _write(collected, partial)
        _swap(partial, out_dir)
        out_dir.chmod(0o755)
    finally:
        if partial.exists():
            shutil.rmtree(partial)
    return manifest


def _swap(new: Path, folder: Path) -> None:
    """Put a finished folder in the place of another one, also when two builders finish at once."""
    while True:
        try:
            new.rename(folder)  # replaces nothing but an absent or empty folder
        except OSError:
            if not folder.exists():
                raise
        else:
            return
        old = folder.with_name(f"{new.name}.old")
        try:
            folder.rename(old)
        except FileNotFoundError:
            continue  # the other builder is between its two renames
        shutil.rmtree(old)


def _write(collected: Collected, folder: Path) -> dict[str, Any]:
    places = collected.places
    for column, dtype in COLUMNS.items():
        values = [getattr(p, column) for p in places]
        np.save(folder / f"places.{column}.npy", np.array(values, dtype=dtype))
    _write_texts(folder, "names.bin", "places.name_at", [p.name for p in places])

    population = [p.population for p in places]
    keys = sorted(collected.names, key=lambda k: k.encode())
    posting_at = np.zeros(len(keys) + 1, dtype="<u4")
    postings: list[int] = []
    best = np.zeros(len(keys), dtype="<u2")
    weights: list[int] = []
    shared: list[int] = []
    shown = [name_key(p.name) for p in places]
    for position, key in enumerate(keys):
        found = sorted(collected.names[key], key=lambda p: _order(p, population))
        postings.extend(found)
        posting_at[position + 1] = len(postings)
        own = [_weight(p, key, shown, collected) for p in found]
        weights.extend(own)
        shared.extend(_shared(p, key, shown) for p in found)
        best[position] = max(own)
    np.save(folder / "postings.at.npy", posting_at)
    np.save(folder / "postings.row.npy", np.array(postings, dtype="<u4"))
    np.save(folder / "postings.weight.npy", np.array(weights, dtype="<u2"))
    np.save(folder / "postings.shared.npy", np.array(shared, dtype="|u1"))
    np.save(folder / "keys.best.npy", best)
    np.save(folder / "keys.slots.npy", _slots(keys))
    _write_texts(folder, "keys.bin", "keys.at", keys)
    codes = {**collected.codes, "alphabets": alphabets(keys)}
    (folder / "codes.json").write_bytes(_json(codes))

    counts = {kind.name.lower(): 0 for kind in PlaceKind}
    for place in places:
        counts[PlaceKind(place.kind).name.lower()] += 1
    files = {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in sorted(folder.iterdir())}
    manifest = {
        "format": FORMAT,
        "attribution": ATTRIBUTION,
        "packages": _sources.versions(),
        "own_files": _sources.own_files(),
        "places": counts,
        "names": len(keys),
        "postings": len(postings),
        "sha256": files,
    }
    (folder / "manifest.json").write_bytes(_json(manifest))
    return manifest


def _weight(posting: int, key: str, shown: Sequence[str], collected: Collected) -> int:
    """Of a posting in an autocomplete list.

    A Latin name in another language counts as foreign unless something confirms it: the place's
    shown name or its region's or county's resembles it, or CLDR has it. GeoNames lists too many
    that nobody uses, and the largest cities have most of them.
    """
    row, kind = posting & ROW_MASK, NameKind(posting >> KIND_SHIFT)
    place = collected.places[row]
    latin = key < "\u0250"
    weight = suggestion_weight(place.population, kind, place.kind, latin=latin)
    alike = key[:2] == shown[row][:2] and resembles(key, shown[row])
    if kind == NameKind.ALIAS and not alike and (latin or place.kind != PlaceKind.CITY):
        weight += _NICKNAME
    foreign = (
        kind == NameKind.ALTERNATE
        and place.kind in (PlaceKind.CITY, PlaceKind.COUNTRY)
        and latin
        and not alike
        and (key, row) not in collected.trusted
        and not any(
            r >= 0 and (NameKind.OFFICIAL << KIND_SHIFT | r) in collected.names[key]
            for r in (place.admin1, place.admin2)
        )
    )
    return stored_weight(
        weight, typed_out=kind in (NameKind.CODE, NameKind.CAPITALS, NameKind.WEAK), foreign=foreign
    )


def _order(posting: int, population: Sequence[int]) -> tuple[float, int]:
    row = posting & ROW_MASK
    cost = _NAME_COST[NameKind(posting >> KIND_SHIFT)]
    return (cost - math.log10(population[row] + 1), row)


def _shared(posting: int, key: str, shown: Sequence[str]) -> int:
    """How many letters of an own name begin the name shown; 255 for what is not to lose by it."""
    if posting >> KIND_SHIFT not in (NameKind.OFFICIAL, NameKind.ALIAS) or key >= "\u0250":
        return 255
    pairs = zip(key, shown[posting & ROW_MASK], strict=False)
    return min(sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs)), 254)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=0).encode() + b"\n"


def _write_texts(folder: Path, text_file: str, offsets_file: str, texts: Sequence[str]) -> None:
    encoded = [t.encode() for t in texts]
    offsets = np.zeros(len(encoded) + 1, dtype="<u4")
    np.cumsum([len(e) for e in encoded], out=offsets[1:])
    (folder / text_file).write_bytes(b"".join(encoded))
    np.save(folder / f"{offsets_file}.npy", offsets)


def _slots(keys: Sequence[str]) -> np.ndarray[Any, np.dtype[np.uint32]]:
    """Open addressing, linear probing, at most half full; the reader verifies the key's bytes."""
    size = 1 << (2 * len(keys)).bit_length()
    slots = [0] * size
    mask = size - 1
    for position, key in enumerate(keys):
        at = xxhash.xxh3_64_intdigest(key.encode()) & mask
        while slots[at]:
            at = (at + 1) & mask
        slots[at] = position + 1
    return np.array(slots, dtype="<u4")
