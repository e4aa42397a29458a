"""When accounts were born: the file, its look-ups, its growth, who leaves it, and the ledger."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zstandard

from influencr.errors import BadAnswer, UnreadableInput
from influencr.sources.bluesky.stream import (
    Births,
    births_of,
    extend,
    forget,
    pages_of,
    read_export,
)
from influencr.sources.bluesky.stream import _births as module
from influencr.sources.bluesky.stream._names import packed, unpacked
from influencr.sources.http import Answer

from .conftest import NOON, SECOND, did, iso, post_uri, tid


def line(name: str, at: int, *, seq: int = 0, **more: Any) -> bytes:
    told: dict[str, Any] = {
        "type": "sequenced_op",
        "did": did(name),
        "operation": {"type": "plc_operation", "prev": None, "sig": "x"},
        "cid": "bafy",
        "createdAt": iso(NOON + at * SECOND),
        "seq": seq,
    }
    return json.dumps(told | more).encode() + b"\n"


def born(**when: int) -> Any:
    return births_of([line(name, at) for name, at in when.items()], where="test").born


def test_look_ups_by_array(tmp_path: Path) -> None:
    file = tmp_path / "births.bin"
    people = {f"p{n}": n for n in range(500)}
    assert extend(file, born(**people), last_seq=77) == 500
    births = Births(file)
    asked = [did(f"p{n}") for n in (499, 0, 7)] + ["did:web:a.example", did("zoe"), "", "did:plc:x"]
    second = NOON // SECOND
    assert births.seconds(asked).tolist() == [second + 499, second, second + 7, -1, -1, -1, -1]
    assert (len(births), births.last_seq) == (500, 77)
    assert file.stat().st_size == 32 + 19 * 500
    assert births.seconds([]).tolist() == []


def test_growth_keeps_the_earliest_and_counts_nobody_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PIECE", 7)
    file = tmp_path / "births.bin"
    extend(file, born(**{f"p{n}": 100 + n for n in range(0, 40, 2)}), last_seq=5)
    extend(file, born(**{f"p{n}": 100 + n for n in range(40)}), last_seq=3)
    assert extend(file, born(p3=1, p4=900), last_seq=9) == 40
    births = Births(file)
    second = NOON // SECOND
    expected = [second + (1 if n == 3 else 100 + n) for n in range(40)]
    assert births.seconds([did(f"p{n}") for n in range(40)]).tolist() == expected
    assert births.last_seq == 9
    assert (np.diff(births.columns().head.astype(object)) > 0).all()


def test_two_accounts_with_one_beginning(tmp_path: Path) -> None:
    file = tmp_path / "births.bin"
    shared = "did:plc:" + "b" * 12
    names = [shared + tail * 12 for tail in "acz"]
    lines = [line("x", n).replace(did("x").encode(), name.encode()) for n, name in enumerate(names)]
    extend(file, births_of(lines, where="test").born, last_seq=1)
    second = NOON // SECOND
    found = Births(file).seconds([*names, shared + "d" * 12])
    assert found.tolist() == [second, second + 1, second + 2, -1]


def test_whoever_leaves_leaves_no_byte(tmp_path: Path) -> None:
    file = tmp_path / "births.bin"
    people = [f"p{n}" for n in range(9)]
    extend(file, born(**{name: n for n, name in enumerate(people)}), last_seq=1)
    first = min(people, key=did)
    gone = [first, "p4", "p5"]
    assert forget(tmp_path, [f"bluesky:{did(name)}" for name in (*gone, "zoe")]) == 3
    births = Births(file)
    seconds = births.seconds([did(name) for name in people])
    assert [s < 0 for s in seconds] == [name in gone for name in people]
    # The rest of them as well: the neighbour's whole entry lies there now.
    assert extend(file, born(**{people[8]: 8}), last_seq=1) == 6
    assert forget(tmp_path, [f"bluesky:{did(name)}" for name in people]) == 6
    assert len(Births(file)) == 0


@pytest.mark.parametrize("content", [b"", b"short", b"influencr births" + bytes(100)])
def test_another_file_is_none(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "births.bin"
    file.write_bytes(content)
    with pytest.raises(UnreadableInput, match="listen plc"):
        Births(file)
    with pytest.raises(UnreadableInput, match="does not exist"):
        Births(tmp_path / "other")


def test_only_the_first_operation_is_a_birth(tmp_path: Path) -> None:
    later = {"type": "plc_operation", "prev": "bafy"}
    lines = [
        line("ana", 1, seq=1),
        line("ana", 9, seq=2, operation=later),
        line("bob", 5, seq=3, nullified=True),
        line("bob", 6, seq=4, operation={"type": "create", "prev": None}),
        b"\n",
        line("eve", 7, seq=5, did="did:web:eve.example"),
    ]
    page = births_of(lines, where="test")
    assert (page.n_lines, page.last_seq, len(page.born.head)) == (6, 5, 2)
    extend(tmp_path / "b", page.born, last_seq=page.last_seq)
    second = NOON // SECOND
    found = Births(tmp_path / "b").seconds([did("ana"), did("bob")])
    assert found.tolist() == [second + 1, second + 6]


@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
def test_files_plain_and_packed(tmp_path: Path, packing: str) -> None:
    content = line("ana", 1, seq=1) + line("bob", 2, seq=2)
    pack = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.ZstdCompressor().compress}[packing]
    file = tmp_path / f"export.jsonl{packing}"
    file.write_bytes(pack(content))
    (page,) = read_export(file)
    assert (page.n_lines, page.last_seq) == (2, 2)


@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
def test_a_cut_export_is_said(tmp_path: Path, packing: str) -> None:
    content = b"".join(line(f"p{n}", n, seq=n) for n in range(200))
    pack = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.ZstdCompressor().compress}[packing]
    file = tmp_path / f"export.jsonl{packing}"
    file.write_bytes(pack(content)[:-50])
    with pytest.raises(UnreadableInput, match=r"export\.jsonl"):
        list(read_export(file))
    with pytest.raises(UnreadableInput, match="cannot be opened"):
        list(read_export(tmp_path / "absent"))


class Directory:
    """Answers pages of an invented ledger."""

    def __init__(self, n: int, *, numbered: bool = True) -> None:
        self._lines = [line(f"p{i}", i, seq=i if numbered else 0) for i in range(1, n + 1)]
        self.asked: list[Any] = []

    def get(self, url: str, params: Any = None, **_: Any) -> Answer:
        self.asked.append(params)
        begin = params["after"]
        body = b"".join(self._lines[begin : begin + params["count"]])
        return Answer(200, {}, body, url)


def test_page_after_page_to_the_newest() -> None:
    directory = Directory(2_300)
    pages = list(pages_of(directory, after=100))
    assert [page.n_lines for page in pages] == [1_000, 1_000, 200]
    assert [asked["after"] for asked in directory.asked] == [100, 1_100, 2_100]
    assert list(pages_of(directory, after=2_300)) == []
    assert list(pages_of(directory, stop=lambda: True)) == []


def test_a_ledger_without_numbers_is_not_followed() -> None:
    with pytest.raises(BadAnswer, match="circles"):
        list(pages_of(Directory(1_500, numbered=False)))


@pytest.mark.parametrize(
    "name",
    [
        did("ana"),
        post_uri("ana", tid(NOON)),
        post_uri("ana", "self"),
        post_uri("ana", "zzzzzzzzzzzzz"),
        post_uri("ana", "0123456789abc"),
        "did:web:ana.example",
        "did:plc:short",
        f"did:plc:{'A' * 24}",
        f"did:plc:{'1' * 24}",
        "at://did:web:a.example/app.bsky.feed.post/3k",
        "at://x/app.bsky.graph.list/3k",
        "",
        "\ud800",
    ],
)
def test_names_in_few_bytes_come_back(name: str) -> None:
    assert unpacked(packed(name)) == name


def test_the_usual_names_are_short() -> None:
    assert len(packed(did("ana"))) == 16
    assert len(packed(post_uri("ana", tid(NOON)))) == 24
