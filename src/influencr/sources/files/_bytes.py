"""The bytes of a file as UTF-8 text in blocks, whatever it was compressed and encoded with.

Compression is told by magic bytes, never by the name. Output blocks are bounded however well a
file was compressed, so a small file that unpacks to gigabytes costs time and no memory. A file
that breaks off is read up to the break; `problem` then says so, in a sentence.
"""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from influencr.errors import UnreadableInput

__all__ = ["BLOCK", "ByteStream", "compression_of", "detect_encoding", "read_sample"]

#: Bytes per block handed on. Own choice: large enough for vectorised parsing to pay, small enough
#: that a few copies of it do not matter.
BLOCK = 4 << 20

#: Raw bytes given to a decompressor at once. Zstandard cannot be told to stop at an output size,
#: and reaches about 40,000 : 1 at worst, so its input pieces are small.
_PIECE = {"gzip": 256 << 10, "zstd": 2 << 10}

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Formats that people mistake for text exports, with what to do about them.
_FOREIGN = (
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook; unpack it, or save the sheet as CSV"),
    (b"%PDF", "a PDF; export the table as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook; save the sheet as CSV"),
    (b"SQLite format 3", "an SQLite database; export the table as CSV"),
    (b"BZh", "compressed with bzip2; use gzip or zstd"),
    (b"\xfd7zXZ", "compressed with xz; use gzip or zstd"),
)
# Encodings that charset-normalizer may answer; a closed list, because on short samples it names
# rare code pages that no export uses.
_CANDIDATES = [
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "koi8_r",
    "shift_jis",
    "euc_jp",
    "gb18030",
    "big5",
    "euc_kr",
]


def compression_of(head: bytes) -> str | None:
    """`gzip`, `zstd` or None, by the first bytes."""
    if head.startswith(_GZIP):
        return "gzip"
    return "zstd" if head.startswith(_ZSTD) else None


class ByteStream:
    """Decompressed blocks of one file, with the raw position for progress.

    position   raw bytes read so far; `size` is the file's length
    problem    None, or why the stream ended before the file's real end
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = path.stat().st_size
        with path.open("rb") as file:
            self.compression = compression_of(file.read(8))
        self.position = 0
        self.problem: str | None = None

    def blocks(self) -> Iterator[bytes]:
        """Blocks of at most 2 x `BLOCK` bytes."""
        self.position = 0
        self.problem = None
        with self.path.open("rb") as file:
            if self.compression is None:
                while block := file.read(BLOCK):
                    self.position += len(block)
                    yield block
                return
            pieces = iter(lambda: file.read(_PIECE[str(self.compression)]), b"")
            unpacked = self._gunzip(pieces) if self.compression == "gzip" else self._unzstd(pieces)
            held: list[bytes] = []
            n_held = 0
            for part in unpacked:
                for start in range(0, len(part), BLOCK):
                    held.append(part[start : start + BLOCK])
                    n_held += len(held[-1])
                    if n_held >= BLOCK:
                        yield b"".join(held)
                        held, n_held = [], 0
            if held:
                yield b"".join(held)

    def _gunzip(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        unpacker = zlib.decompressobj(31)
        started = False
        for piece in pieces:
            self.position += len(piece)
            while piece:
                if unpacker.eof:  # another member follows, or padding
                    piece = piece.lstrip(b"\0")
                    if not piece:
                        break
                    unpacker, started = zlib.decompressobj(31), False
                before = unpacker.copy()
                try:
                    part = unpacker.decompress(piece, BLOCK)
                except zlib.error:
                    self.problem = "its gzip data is damaged"
                    yield _salvaged(before, piece)
                    return
                started = True
                if part:
                    yield part
                piece = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
        if started and not unpacker.eof:
            self.problem = "its gzip data breaks off"

    def _unzstd(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        import zstandard

        unpacker = zstandard.ZstdDecompressor().decompressobj()
        open_frame = False
        for piece in pieces:
            self.position += len(piece)
            while piece:
                if unpacker.eof:
                    unpacker, open_frame = zstandard.ZstdDecompressor().decompressobj(), False
                try:
                    part = unpacker.decompress(piece)
                except zstandard.ZstdError:
                    self.problem = "its zstd data is damaged"
                    return
                open_frame = True
                if part:
                    yield part
                piece = unpacker.unused_data if unpacker.eof else b""
        if open_frame and not unpacker.eof:
            self.problem = "its zstd data breaks off"

    def text(self, encoding: str) -> Iterator[bytes]:
        """The blocks as UTF-8, without byte-order mark, every line end a single line feed.

        UTF-8 passes through unchecked: the parsers judge each row, so that one damaged row does
        not cost the file. A carriage return inside a line becomes a space.
        """
        decoder = None
        if encoding not in ("utf-8", "utf-8-sig"):
            errors = "surrogatepass" if encoding.startswith("utf-16") else "replace"
            decoder = codecs.getincrementaldecoder(encoding)(errors)
        first, held, old_mac = True, b"", None
        for block in self.blocks():
            if decoder is not None:
                block = decoder.decode(block).encode("utf-8", "surrogatepass")
            if first and block:
                block, first = block.removeprefix(codecs.BOM_UTF8), False
            block, held = held + block, b""
            if b"\r" in block:
                if block.endswith(b"\r"):  # its line feed may come with the next block
                    block, held = block[:-1], b"\r"
                if old_mac is None:
                    old_mac = b"\n" not in block
                block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n" if old_mac else b" ")
            elif block:
                old_mac = False if old_mac is None else old_mac
            if block:
                yield block
        if held:
            yield b"\n"


def _salvaged(unpacker: zlib._Decompress, piece: bytes) -> bytes:
    """What can still be unpacked before the damage inside `piece`."""
    made: list[bytes] = []
    for start in range(0, len(piece), 32):
        try:
            made.append(unpacker.decompress(piece[start : start + 32], BLOCK))
        except zlib.error:
            break
    return b"".join(made)


def read_sample(path: Path, *, limit: int = BLOCK) -> bytes:
    """The first decompressed bytes; UnreadableInput for what is empty, a folder or not text."""
    if not path.exists():
        raise UnreadableInput(f"{path} does not exist; check the path.")
    if not path.is_file():
        raise UnreadableInput(f"{path} is a folder, not a file; name the files inside it.")
    stream = ByteStream(path)
    if stream.size == 0:
        raise UnreadableInput(f"{path.name} is empty (0 bytes); nothing to import.")
    sample = b""
    for block in stream.blocks():
        sample += block
        if len(sample) >= limit:
            break
    if not sample.strip():
        why = stream.problem or "it holds only white space"
        raise UnreadableInput(f"{path.name} holds nothing to import: {why}.")
    for magic, advice in _FOREIGN:
        if sample.startswith(magic):
            raise UnreadableInput(f"{path.name} is {advice}.")
    return sample[:limit]


def detect_encoding(sample: bytes, *, name: str) -> tuple[str, str]:
    """The encoding of a sample and why: BOM, UTF-16 by its zero bytes, UTF-8, else a guess.

    Raises UnreadableInput for binary content: a zero byte in what is not UTF-16.
    """
    for mark, encoding in _BOMS:
        if sample.startswith(mark):
            return encoding, "byte-order mark"
    zeros = sample.count(0)
    if zeros:
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        if zeros > len(sample) * 0.3 and min(even, odd) < max(even, odd) * 0.1:
            return ("utf-16-le" if odd > even else "utf-16-be"), "zero bytes as in UTF-16"
        raise UnreadableInput(
            f"{name} is a binary file (it holds zero bytes); give CSV, TSV, JSON lines, a JSON "
            "array or Parquet, plain or packed with gzip or zstd."
        )
    controls = sum(sample.count(bytes([c])) for c in range(1, 9))
    if controls > len(sample) * 0.01:
        raise UnreadableInput(
            f"{name} is a binary file (it holds control bytes); give CSV, TSV, JSON lines, a JSON "
            "array or Parquet, plain or packed with gzip or zstd."
        )
    if sample.isascii():
        return "utf-8", "plain ASCII so far"
    try:
        # Not final: the sample may end inside a character. Lone surrogates are dealt with by row.
        codecs.getincrementaldecoder("utf-8")("surrogatepass").decode(sample)
    except UnicodeDecodeError:
        # Single damaged rows do not make a file another encoding.
        text = sample.decode("utf-8", "replace")
        n_wrong = text.count("\ufffd") - sample.count("\ufffd".encode())
        n_right = sum(1 for c in text if c > "\x7f") - text.count("\ufffd")
        if n_right > 10 * n_wrong:
            return "utf-8", f"UTF-8 with about {n_wrong} damaged bytes in the sample"
        return _guess(sample[:200_000])
    return "utf-8", "valid UTF-8"


def _guess(sample: bytes) -> tuple[str, str]:
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=_CANDIDATES).best()
    guess = best.encoding if best else "cp1252"
    if guess in ("cp1250", "cp1254", "cp1252"):
        # Western and Central European pages differ in few letters, which statistics on names do
        # not tell apart. Western text read as cp1252 has letters inside its words; Central
        # European text read so has signs inside words (Polish "ł" is 0xB3, "³").
        western = sample.decode("cp1252", "replace")
        signs = sum(
            1
            for before, sign in pairwise(western)
            if sign in "\ufffd¹³¿£¥¼¾ªº¯" and before.isalpha()
        )
        if not signs:
            return "cp1252", "guessed from a sample: Western European"
    return guess, "guessed from a sample"
