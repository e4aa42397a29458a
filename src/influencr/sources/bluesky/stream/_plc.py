"""The ledger of accounts: reading what the PLC directory exports, from files or page by page.

An export is lines of JSON in the order of the ledger. An account is born with the operation that
has no predecessor (`prev` null, or of the type `create` of the first days); later operations change
handles, keys and servers and are passed over here. Two forms exist: the numbered one ({type
"sequenced_op", ..., seq}) and the older one without numbers, which can only be read from files.

Accounts of the kind did:web stand in no ledger; their age stays unknown.

Source: did-method-plc, server specification of /export; platforms.md 2.4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec

from influencr.errors import BadAnswer, UnreadableInput
from influencr.sources.bluesky.stream._births import Born, did_bytes
from influencr.sources.bluesky.stream._fields import instant_us

__all__ = ["DIRECTORY", "PAGE", "Page", "births_of", "pages_of", "read_export"]

DIRECTORY = "https://plc.directory"
#: Lines of one page, the most that the directory gives.
PAGE = 1_000
_LINES = 200_000
_MAX_BYTES = 16 << 20


class _Operation(msgspec.Struct):
    type: str = ""
    prev: str | None = None


class _Line(msgspec.Struct):
    did: str
    createdAt: str  # noqa: N815 - the export's own word
    operation: _Operation
    nullified: bool = False
    seq: int = 0


class Page(NamedTuple):
    """Some lines of an export: who was born in them, how many lines, and the last number."""

    born: Born
    n_lines: int
    last_seq: int


class _Answer(Protocol):
    @property
    def body(self) -> bytes: ...


class _Client(Protocol):
    def get(
        self,
        url: str,
        params: Mapping[str, str | int | Sequence[str] | None] | None = None,
        *,
        max_bytes: int = ...,
        purpose: str = ...,
    ) -> _Answer: ...


_DECODER = msgspec.json.Decoder(_Line)


def births_of(lines: Iterable[bytes], *, where: str, first: int = 1) -> Page:
    """Who was born in these lines.

    where   what they come from, and `first` the number of the first line, for the sentence

    Raises UnreadableInput for a line that is no operation: an export that is cut is not guessed at.
    """
    import numpy as np

    dids: list[str] = []
    seconds: list[int] = []
    n = last = 0
    for n, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            told = _DECODER.decode(line)
        except msgspec.DecodeError as error:
            raise UnreadableInput(
                f"{where}, line {first + n - 1}: no operation of the ledger ({error})."
            ) from None
        last = max(last, told.seq)
        if told.nullified or (told.operation.prev is not None):
            continue
        at = instant_us(told.createdAt)
        if at is not None:
            dids.append(told.did)
            seconds.append(at // 1_000_000)
    content, valid = did_bytes(dids)
    content = content[valid]
    head = np.ascontiguousarray(content[:, :8]).view(">u8")[:, 0].astype(np.uint64)
    return Page(
        Born(
            head,
            np.ascontiguousarray(content[:, 8:]),
            np.array(seconds, dtype=np.uint32)[valid],
        ),
        n,
        last,
    )


def read_export(path: Path) -> Iterator[Page]:
    """A file of export lines, plain or packed (gzip, zstd), a few hundred thousand at a time.

    Raises UnreadableInput for a file that does not exist, is damaged or cut, or holds other lines.
    """
    from influencr.sources.files._bytes import ByteStream

    try:
        stream = ByteStream(path)
    except OSError as error:
        raise UnreadableInput(f"{path} cannot be opened ({error.strerror}).") from error
    first, held = 1, b""
    lines: list[bytes] = []
    for block in stream.blocks():
        *whole, held = (held + block).split(b"\n")
        lines += whole
        if len(lines) >= _LINES:
            yield births_of(lines, where=str(path), first=first)
            first, lines = first + len(lines), []
    if stream.problem is not None:
        raise UnreadableInput(f"{path} cannot be read to its end: {stream.problem}.")
    lines += [held] if held else []
    if lines:
        yield births_of(lines, where=str(path), first=first)


def pages_of(
    client: _Client,
    directory: str = DIRECTORY,
    *,
    after: int = 0,
    stop: Callable[[], bool] = bool,
) -> Iterator[Page]:
    """Page after page of the directory, from behind the number `after` to the newest.

    client   asks; its rule for the host keeps the pace
    stop     asked before every page; the default never stops

    Ends with the first page that is not full. Raises BadAnswer when a page brings nothing new, for
    that would go on for ever.
    """
    while not stop():
        answer = client.get(
            f"{directory}/export",
            {"count": PAGE, "after": after},
            max_bytes=_MAX_BYTES,
            purpose="births",
        )
        lines = [line for line in answer.body.split(b"\n") if line.strip()]
        if not lines:
            return
        page = births_of(lines, where=f"{directory}/export?after={after}")
        if page.last_seq <= after:
            raise BadAnswer(
                f"{directory}: a page after {after} ends at {page.last_seq}; it answers in the "
                "older form without numbers, or goes in circles."
            )
        yield page
        after = page.last_seq
        if page.n_lines < PAGE:
            return
