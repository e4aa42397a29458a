"""What a backup says of itself: every file with its length, checksum and mode. Written last."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

import msgspec

from influencr.errors import HomeError, UnreadableInput

__all__ = ["DUMP", "FORMAT", "MANIFEST", "Held", "Manifest", "checked", "digest_of"]

#: Layout of a backup folder; a newer one is refused.
FORMAT = 1
#: The list of files, which makes a folder a backup.
MANIFEST = "influencr-backup.json"
#: What PostgreSQL's own tool wrote, beside the folder `home`.
DUMP = "database.dump"
_CHUNK = 1 << 20


class Held(msgspec.Struct, frozen=True):
    """One file: its path below the backup, with `/`."""

    path: str
    n_bytes: int
    sha256: str
    mode: int


class Manifest(msgspec.Struct, frozen=True):
    """A backup.

    database   "sqlite" (in the home) or "postgresql" (DUMP)
    tables     Delta table -> version
    generation   of the index; 0: none was built
    """

    format: int
    version: str
    made_at: datetime
    database: str
    generation: int
    tables: dict[str, int]
    files: list[Held]

    @property
    def n_bytes(self) -> int:
        """Bytes of all files."""
        return sum(file.n_bytes for file in self.files)


def digest_of(file: Path) -> str:
    """SHA-256 of a file, in hex."""
    found = hashlib.sha256()
    with file.open("rb") as read:
        while piece := read.read(_CHUNK):
            found.update(piece)
    return found.hexdigest()


def checked(folder: Path) -> Manifest:
    """What a backup holds, every file of it compared with its checksum.

    Raises UnreadableInput for a folder that is no whole backup, HomeError for a newer format.
    """
    file = folder / MANIFEST
    if not file.is_file():
        raise UnreadableInput(
            f"{folder} is not a backup: it has no {MANIFEST}, which is written last; a backup that "
            "was interrupted is none."
        )
    raw = file.read_bytes()
    try:
        written = msgspec.json.decode(raw, type=dict).get("format")
        if isinstance(written, int) and written > FORMAT:
            raise HomeError(
                f"{folder} was written by a newer influencr (format {written}, this one reads up "
                f"to {FORMAT}); update influencr."
            )
        manifest = msgspec.json.decode(raw, type=Manifest)
    except msgspec.DecodeError as error:
        raise UnreadableInput(f"{file} is damaged ({error}); use another backup.") from error
    for held in manifest.files:
        path = folder / held.path
        if not path.resolve().is_relative_to(folder.resolve()):
            raise UnreadableInput(f"{file} names {held.path!r}, which lies outside of the backup.")
        if not path.is_file():
            raise UnreadableInput(f"{path} is missing; use another backup.")
        if path.stat().st_size != held.n_bytes or digest_of(path) != held.sha256:
            raise UnreadableInput(f"{path} is damaged (its checksum differs); use another backup.")
    return manifest
